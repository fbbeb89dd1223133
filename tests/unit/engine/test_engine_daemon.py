"""Blocking calls run at once, each in a daemon thread: one that rests, or a new one."""

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from ollama_top.engine import daemon
from ollama_top.engine.daemon import DaemonExecutor


def after(call: Callable[[], object]) -> object:
    """What a call gives, and then time for its thread to come to rest."""
    found = call()
    time.sleep(0.05)
    return found


def test_calls_one_after_the_other_share_a_thread() -> None:
    executor = DaemonExecutor()
    threads = {after(executor.submit(threading.get_ident).result) for _ in range(5)}
    assert len(threads) == 1


def test_no_call_waits_for_another() -> None:
    executor, released = DaemonExecutor(), threading.Event()
    hanging = [executor.submit(released.wait, 10) for _ in range(20)]
    assert executor.submit(lambda: "done").result(5) == "done"
    released.set()
    assert all(each.result(5) for each in hanging)


def test_a_thread_that_has_rested_ends_and_the_next_call_has_a_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(daemon, "REST_S", 0.05)
    executor = DaemonExecutor()
    found = executor.submit(threading.current_thread).result(5)
    assert found.daemon
    found.join(5)
    assert not found.is_alive()
    assert executor.submit(lambda: "done").result(5) == "done"


def test_calls_that_come_just_as_threads_end_are_all_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon, "REST_S", 0.0005)
    executor = DaemonExecutor()
    for number in range(500):
        time.sleep(0.0005)
        assert executor.submit(lambda n: n, number).result(5) == number


async def test_what_a_call_raises_is_raised_and_a_cancelled_one_hurts_no_thread() -> None:
    with pytest.raises(KeyError):
        await daemon.in_daemon_thread(lambda: {}["no"])
    released = threading.Event()
    waiting = asyncio.create_task(daemon.in_daemon_thread(lambda: released.wait(10)))
    await asyncio.sleep(0.05)
    waiting.cancel()
    released.set()
    assert await daemon.in_daemon_thread(lambda: "done") == "done"

"""Work that every way in which a user leaves cancels: a signal, a closed terminal, a gone parent."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Coroutine, Mapping, Set
from contextlib import suppress

from ollama_top.model.exit_codes import INTERRUPTED

STDIN, READ_BYTES = 0, 4096


def run(
    work: Callable[[], Coroutine[None, None, int]],
    *,
    with_parent: bool = False,
    is_calm: bool = False,
    but_for: Set[int] = frozenset(),
) -> int:
    """Carry work out; its exit code.

    `with_parent` says that whoever started us holds our standard input; `is_calm` that a Ctrl+C is heard
    once only, since what puts a server back must not be broken off; `but_for` are signals that are let be.
    """
    try:
        return asyncio.run(_cancellable(work, with_parent=with_parent, is_calm=is_calm, but_for=but_for))
    except asyncio.CancelledError:
        return INTERRUPTED


async def _cancellable(
    work: Callable[[], Coroutine[None, None, int]], *, with_parent: bool, is_calm: bool, but_for: Set[int]
) -> int:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    if task is not None:
        leave = _leaving(task)
        interrupt = leave if is_calm else task.cancel
        ways = {signal.SIGTERM: leave, signal.SIGHUP: leave, signal.SIGINT: interrupt}
        _heed_signals(loop, {number: way for number, way in ways.items() if number not in but_for})
        if with_parent:
            _watch_parent(lambda: loop.call_soon_threadsafe(leave))
    return await work()


def _leaving(task: "asyncio.Task[int]") -> Callable[[], None]:
    """Cancels once, however many say so: another cancel would break off what puts things back."""
    is_leaving = False

    def leave() -> None:
        nonlocal is_leaving
        if not is_leaving:
            is_leaving = True
            task.cancel()

    return leave


def _heed_signals(loop: asyncio.AbstractEventLoop, ways: Mapping[int, Callable[[], object]]) -> None:
    """Heed signals, each in its way, but for those that whoever started us had ignored (nohup)."""
    for number, way in ways.items():
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, way)


def _watch_parent(is_gone: Callable[[], object]) -> None:
    """The parent holds our standard input for as long as it lives.

    Read without Python's buffer: a thread that waits in it keeps its lock, and the end of the program aborts.
    """

    def wait() -> None:
        while os.read(STDIN, READ_BYTES):
            pass
        with suppress(RuntimeError):  # the loop may be over by now
            is_gone()

    threading.Thread(target=wait, daemon=True, name="parent").start()

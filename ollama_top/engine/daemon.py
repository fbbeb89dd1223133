"""Threads that can never keep the program from ending.

The executors of the standard library are joined at exit: a driver or a name server that hangs
would hold the terminal.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Semaphore, Thread
from typing import Any, TypeVar

T = TypeVar("T")
REST_S = 30.0
"""How long a thread waits for another call before it ends: to start one takes longer than most calls."""


class DaemonExecutor(ThreadPoolExecutor):
    """Runs each call at once, in a daemon thread: one that rests, or a new one.

    A pool by type only, as asyncio demands.
    """

    def __init__(self) -> None:
        """Prepare; there is no thread before the first call."""
        super().__init__()
        self._calls: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._resting = Semaphore(0)  # threads that no call is meant for

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":  # noqa: ANN401 - of the base
        """Start `fn` at once."""
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - handed over to whoever awaits
                future.set_exception(error)

        self._calls.put(run)
        if not self._resting.acquire(blocking=False):
            Thread(target=self._work, daemon=True, name="ollama-top source").start()
        return future

    def _work(self) -> None:
        while True:
            try:
                self._calls.get(timeout=REST_S)()
            except Empty:
                if self._resting.acquire(blocking=False):
                    return
            else:
                self._resting.release()


_EXECUTOR = DaemonExecutor()


async def in_daemon_thread(work: Callable[[], T]) -> T:
    """Run blocking work without blocking the loop, and without ever holding up the exit."""
    return await asyncio.get_running_loop().run_in_executor(_EXECUTOR, work)

"""Threads that can never keep the program from ending.

The executors of the standard library are joined at exit: a driver or a name server that hangs
would hold the terminal.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class DaemonExecutor(ThreadPoolExecutor):
    """Runs each call in a daemon thread of its own; a pool by type only, as asyncio demands."""

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

        threading.Thread(target=run, daemon=True, name="ollama-top source").start()
        return future


_EXECUTOR = DaemonExecutor()


async def in_daemon_thread(work: Callable[[], T]) -> T:
    """Run blocking work without blocking the loop, and without ever holding up the exit."""
    return await asyncio.get_running_loop().run_in_executor(_EXECUTOR, work)

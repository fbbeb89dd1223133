"""Every way in which a user leaves is heard once, so that what was begun can be put back in peace."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def leaving_calmly() -> Iterator[None]:
    """Cancel the current task at the first signal that ends programs, and let the others pass."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    heard = False

    def leave() -> None:
        nonlocal heard
        if task is not None and not heard:
            heard = True
            task.cancel()

    heeded = [
        number
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN  # as under nohup
    ]
    for number in heeded:
        loop.add_signal_handler(number, leave)
    try:
        yield
    finally:
        for number in heeded:
            loop.remove_signal_handler(number)

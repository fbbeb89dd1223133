"""Waits that somebody who leaves does not cut short: what was begun comes to its end first."""

import asyncio
from collections.abc import Callable
from typing import Any


async def outlast(task: "asyncio.Future[Any]", leaving: Callable[[], None] = lambda: None) -> bool:
    """Wait until a task is over, come what may; whether this one was cancelled meanwhile.

    `leaving` is called when it is, so that the task can be told.
    """
    is_cancelled = False
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            is_cancelled = True
            leaving()
    return is_cancelled

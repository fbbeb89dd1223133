"""Tells how far a burst is, a few times a second and no more, whatever moves meanwhile."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from ollama_top.burst.course import Course
from ollama_top.burst.events import Event, Moved

EVERY_S = 0.25


class Telling:
    """Gathers what moves, and tells it in one piece."""

    def __init__(self, say: Callable[[Event], None]) -> None:
        self._say = say
        self._moved: dict[int, Course] = {}

    def note(self, course: Course) -> None:
        """A request has moved."""
        self._moved[course.number] = course

    def tell(self) -> None:
        """Say what moved since the last time."""
        moved, self._moved = self._moved, {}
        self._say(Moved(time.monotonic(), tuple(moved.values())))


@asynccontextmanager
async def telling(say: Callable[[Event], None]) -> AsyncIterator[Telling]:
    """Tell for as long as the `with` lasts, and once more at its end."""
    found = Telling(say)

    async def go_on() -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            found.tell()

    task = asyncio.create_task(go_on())
    try:
        yield found
        found.tell()
    finally:
        task.cancel()

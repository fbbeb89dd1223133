"""One source on a schedule: asked again only after it has answered, and never waited for.

Must never let an exception of its source go further: it becomes the light's problem.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from ollama_top.engine.samples import Taken
from ollama_top.model.light import Light, LightState
from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.sources.http import HttpError
from ollama_top.sources.inet_diag import DiagError

T = TypeVar("T")
EXPECTED = (HttpError, BadReplyError, DiagError, OSError, TimeoutError)
SLOW_FACTOR = 4  # a source that takes long is asked so many times less often than it takes


class Station(Generic[T]):
    """Asks one source when it is due, and keeps the last that it brought."""

    def __init__(self, name: str, read: Callable[[], Awaitable[T]], *, every_s: float) -> None:
        """Prepare; `every_s` is the least time from the end of one look to the start of the next."""
        self.name = name
        self.last: Taken[T] | None = None
        self.problem: str | None = None
        self._read = read
        self._every_s = every_s
        self._due_s = 0.0
        self._began_s: float | None = None
        self._took_s: float | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, now_s: float, *, at_once: bool = False) -> asyncio.Task[None] | None:
        """Begin a look if one is due; None when none is, or when the last has not ended."""
        if self._task is not None or (now_s < self._due_s and not at_once):
            return None
        self._began_s = now_s
        self._task = asyncio.get_running_loop().create_task(self._look())
        return self._task

    def light(self, now_s: float, state: LightState = LightState.OK, note: str | None = None) -> Light:
        """How the source is doing; `state` and `note` qualify a last look that went well."""
        age_s = now_s - self.last.at_s if self.last else None
        running_s = now_s - self._began_s if self._task is not None and self._began_s is not None else 0.0
        if running_s > max(self._every_s, 1.0):
            return Light(
                self.name, LightState.SLOW, age_s, running_s, f"has not answered for {running_s:.0f} s"
            )
        if self.problem is not None:
            return Light(self.name, LightState.FAILED, age_s, self._took_s, self.problem)
        if self.last is None:
            return Light(self.name, LightState.PENDING, None, None, "not looked at yet")
        return Light(self.name, state, age_s, self._took_s, note)

    async def _look(self) -> None:
        began_s = time.monotonic()
        try:
            value = await self._read()
            self.last, self.problem = Taken(value, time.monotonic()), None
        except EXPECTED as error:
            self.problem = str(error) or type(error).__name__
        except Exception as error:  # noqa: BLE001 - the boundary of all sources: a defect in one must not end the rest
            self.problem = f"defect in ollama-top: {type(error).__name__}: {error}"
        ended_s = time.monotonic()
        self._took_s = ended_s - began_s
        self._due_s = ended_s + max(
            self._every_s, (SLOW_FACTOR - 1) * self._took_s if self._took_s > 1 else 0
        )
        self._task = None

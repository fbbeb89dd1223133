"""Feeds that play given Frames: the seam between the screen and the world."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterable

from ollama_top.engine.feed import ActionError
from ollama_top.model.frame import Frame


class PlayedFeed:
    """Plays Frames, and then waits; remembers what it was asked to do."""

    def __init__(
        self, played: Iterable[Frame], *, interval_s: float = 0.0, refusal: str | None = None
    ) -> None:
        self._played = played
        self._interval_s = interval_s
        self._refusal = refusal
        self._wake = asyncio.Event()
        self.unloaded: list[str] = []
        self.looks = 0
        self.starts = 0

    async def frames(self) -> AsyncGenerator[Frame, None]:
        for frame in self._played:
            yield frame
            await asyncio.sleep(self._interval_s)
        await asyncio.Event().wait()

    def look_now(self) -> None:
        self.looks += 1

    async def unload(self, model_name: str) -> None:
        self.unloaded.append(model_name)
        if self._refusal is not None:
            raise ActionError(self._refusal)


class CrashingFeed(PlayedFeed):
    """Plays Frames, and then fails as a program fails."""

    async def frames(self) -> AsyncGenerator[Frame, None]:
        self.starts += 1
        for frame in self._played:
            yield frame
        raise ZeroDivisionError("of two numbers")


class HangingFeed(PlayedFeed):
    """Plays Frames, and then blocks its loop, as a hanging driver would."""

    async def frames(self) -> AsyncGenerator[Frame, None]:
        for frame in self._played:
            yield frame
        time.sleep(3600)
        yield frame


def endless(frame_at: Callable[[int], Frame]) -> Iterable[Frame]:
    """Frame after Frame, each made when it is wanted."""
    at = 0
    while True:
        yield frame_at(at)
        at += 1

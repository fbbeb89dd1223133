"""Feeds that play given Frames: the seam between the screen and the world."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterable

from ollama_top.engine.answering import UnknownModelError
from ollama_top.engine.feed import ActionError
from ollama_top.model.action import Action, Progress
from ollama_top.model.frame import Frame
from ollama_top.model.installed import InstalledModel
from ollama_top.ollama.replies import DescribedModel


class PlayedFeed:
    """Plays Frames, and then waits; remembers what it was asked to do."""

    def __init__(
        self, played: Iterable[Frame], *, interval_s: float = 0.0, refusal: str | None = None
    ) -> None:
        self._played = played
        self._interval_s = interval_s
        self._refusal = refusal
        self._wake = asyncio.Event()
        self.acted: list[Action] = []
        self.on_disk: tuple[InstalledModel, ...] = ()
        self.described: dict[str, DescribedModel] = {}
        self.looks = 0
        self.starts = 0

    async def frames(self) -> AsyncGenerator[Frame, None]:
        for frame in self._played:
            yield frame
            await asyncio.sleep(self._interval_s)
        await asyncio.Event().wait()

    def look_now(self) -> None:
        self.looks += 1

    async def installed(self) -> tuple[InstalledModel, ...]:
        if self._refusal is not None:
            raise ActionError(self._refusal)
        return self.on_disk

    async def describe(self, model_name: str) -> DescribedModel:
        if model_name not in self.described:
            raise UnknownModelError(f"no model {model_name!r} is installed")
        return self.described[model_name]

    async def act(self, action: Action, tell: Callable[[Progress], None]) -> None:
        self.acted.append(action)
        if self._refusal is not None:
            raise ActionError(self._refusal)


class PatientFeed(PlayedFeed):
    """Plays Frames; an action of it goes on until it is released, and tells how far it is."""

    def __init__(self, played: Iterable[Frame], *progress: Progress) -> None:
        super().__init__(played)
        self._progress = progress
        self.release = asyncio.Event()
        self.ended: list[Action] = []

    async def act(self, action: Action, tell: Callable[[Progress], None]) -> None:
        self.acted.append(action)
        for each in self._progress:
            tell(each)
        try:
            await self.release.wait()
        except asyncio.CancelledError:
            self.ended.append(action)
            raise


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

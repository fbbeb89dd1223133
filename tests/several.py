"""Several hosts watched in one app, by feeds that a test has in its hand."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace

import feeds
import scenes
from monitoring import Monitor

from ollama_top.engine.feed import Feed, FeedError
from ollama_top.model.frame import Frame
from ollama_top.model.verdict import Severity, Verdict
from ollama_top.tui.monitor import Monitor as HostMonitor

NEXT, BEFORE = "right_square_bracket", "left_square_bracket"


class TakenFeed(feeds.PlayedFeed):
    """Brings the Frames that it is handed from outside, when it is."""

    def __init__(self) -> None:
        super().__init__([])
        self.frames_to_come: asyncio.Queue[Frame] = asyncio.Queue()
        self.loop: asyncio.AbstractEventLoop | None = None

    async def frames(self) -> AsyncGenerator[Frame, None]:
        self.starts += 1
        self.loop = asyncio.get_running_loop()
        while True:
            yield await self.frames_to_come.get()

    def bring(self, frame: Frame) -> None:
        assert self.loop is not None
        self.loop.call_soon_threadsafe(self.frames_to_come.put_nowait, frame)


class RefusedFeed(feeds.PlayedFeed):
    """Cannot reach its host."""

    async def frames(self) -> AsyncGenerator[Frame, None]:
        raise FeedError("Connection refused")
        yield scenes.busy()


def saying(text: str, severity: Severity = Severity.OK) -> Frame:
    return replace(scenes.busy(), verdict=Verdict(severity, text))


def still(*played: Frame) -> Callable[[], Feed]:
    return lambda: feeds.PlayedFeed(played)


def three() -> dict[str, Callable[[], Feed]]:
    return {name: still(saying(f"{name} is well")) for name in ("alpha", "beta", "gamma")}


async def come(monitor: Monitor, *texts: str) -> None:
    await monitor.until(lambda: all(each in monitor.text for each in texts))


def of(monitor: Monitor, at: int) -> HostMonitor:
    return monitor.app.monitors[at]


class ComingBack:
    """Makes the feed of a host: the first is refused, those after it say that it is back."""

    def __init__(self) -> None:
        self.made: list[Feed] = []

    def __call__(self) -> Feed:
        self.made.append(feeds.PlayedFeed([saying("it is back")]) if self.made else RefusedFeed([]))
        return self.made[-1]

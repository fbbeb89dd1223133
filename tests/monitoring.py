"""The monitor running without a terminal, as its user handles and sees it.

Must never wait by the clock where it can wait for what it waits for.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import feeds
from textual import events
from textual.pilot import Pilot

from ollama_top.engine.feed import Feed
from ollama_top.model.frame import Frame
from ollama_top.tui.app import MonitorApp
from ollama_top.tui.hosts import HostsApp
from ollama_top.tui.keeping import Keeping
from ollama_top.tui.reach import ONLY_LOOKED_AT, Here
from ollama_top.tui.view import Looks
from ollama_top.tui.watched import Watched

PATIENCE_S = 5.0
HOPS = 6  # a key goes from the app to the screen, back, and on to a page that opens
SETTINGS: dict[str, Any] = {
    "title": "http://127.0.0.1:11434",
    "read_only": False,
    "user": "ollama",
    "interval_s": 2.0,
    "theme": None,
    "demo_offer": None,
    "reach": Here(("false",)),  # ollama-top itself, but for tests that start it
}


class Monitor:
    """A running monitor."""

    def __init__(self, app: MonitorApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot
        self.feed = feeds.PlayedFeed([])

    async def press(self, *keys: str) -> None:
        """Press keys, named as Textual names them, and let each have its effect."""
        for key in keys:
            character = " " if key == "space" else key if len(key) == 1 else None
            self.app.post_message(events.Key(key, character))
            await self.settle()

    async def settle(self) -> None:
        """Wait until every message that is under way has arrived, and all is laid out."""
        for _ in range(HOPS):
            if self.app.is_running:
                await self.pilot._wait_for_screen()
        while self.app.is_running and (self.app.screen._layout_required or self.app.screen._dirty_widgets):
            await asyncio.sleep(0.002)

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + PATIENCE_S
        while not holds():
            assert loop.time() < end_s, f"it never came about; the screen shows\n{self.text}"
            await asyncio.sleep(0.002)
            await self.settle()
        await self.settle()

    @property
    def lines(self) -> list[str]:
        """What is on the screen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.lines)

    @property
    def looks(self) -> Looks:
        """Where the user stands."""
        return self.app.main.looks

    @property
    def row(self) -> str:
        """The identity of the row under the cursor; empty without one."""
        table, row = self.app.main.table, self.app.main.row
        return table.identity(row) if table and row is not None else ""


@asynccontextmanager
async def shown(app: MonitorApp, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Monitor]:
    """A monitor that somebody else made, once there is a Frame on the screen."""
    async with app.run_test(size=size) as pilot:
        monitor = Monitor(app, pilot)
        await monitor.until(lambda: app.view.frame is not None or app.view.trouble)
        yield monitor


@asynccontextmanager
async def running(
    *played: Frame, size: tuple[int, int] = (80, 24), feed: feeds.PlayedFeed | None = None, **options: Any
) -> AsyncIterator[Monitor]:
    """A monitor of a feed that plays these Frames, once the first of them is on the screen."""
    made: list[feeds.PlayedFeed] = []

    def make() -> Feed:
        made.append(feed or feeds.PlayedFeed(played))
        return made[-1]

    app = MonitorApp(make, **{**SETTINGS, **options})
    async with app.run_test(size=size) as pilot:
        monitor = Monitor(app, pilot)
        if played or feed:
            await monitor.until(lambda: app.view.frame is not None or app.view.trouble)
            monitor.feed = made[0]
        yield monitor


@asynccontextmanager
async def hosting(
    made: Mapping[str, Callable[[], Feed]], size: tuple[int, int] = (80, 24), **options: Any
) -> AsyncIterator[Monitor]:
    """The overview of several hosts, by what makes the feed of each; none has brought a Frame yet."""
    app = HostsApp(
        [Watched(host, make, ONLY_LOOKED_AT) for host, make in made.items()],
        **{
            "keeping_of": lambda _: Keeping(),
            "read_only": False,
            "interval_s": 2.0,
            "theme": None,
            **options,
        },
    )
    async with app.run_test(size=size) as pilot:
        yield Monitor(app, pilot)

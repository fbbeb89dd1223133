"""Keeps looking as long as somebody reads what is seen, and gives the newest look as a page.

Must never tell an old look as if it were of now: it waits for a new one, or says that there is none.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Protocol

from ollama_top.listening.page import NoPageError
from ollama_top.metrics.of_frame import text_of
from ollama_top.model.frame import Frame

IDLE_AFTER_S = 300.0
"""After so long without a reader nothing is looked at any more, until the next one comes."""
WAIT_S = 6.0
"""For the first look of a feed, or the next where the last is old; Prometheus itself waits 10 s."""
LATE_S = 5.0


class Watchable(Protocol):
    """What brings Frames and lets go of what it holds."""

    def frames(self) -> AsyncGenerator[Frame, None]:
        """Frames without end."""
        ...

    async def close(self) -> None:
        """Close its connections."""
        ...


class Watching:
    """One server, looked at for whoever reads the page; for one event loop."""

    def __init__(
        self,
        make_feed: Callable[[], Watchable],
        interval_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare without looking; `make_feed` is called each time when looking begins."""
        self._make_feed = make_feed
        self._fresh_s = 3 * interval_s + LATE_S
        self._clock = clock
        self._asked_s = clock()
        self._waiting = 0  # readers who have no page yet
        self._is_wanted = asyncio.Event()
        self._is_wanted.set()  # the first reader is to find something
        self._arrived = asyncio.Condition()
        self._newest: Frame | None = None
        self._seen_s = 0.0

    async def run(self) -> None:
        """Look whenever that is wanted, until cancelled; raises what the feed raises."""
        while True:
            await self._is_wanted.wait()
            feed = self._make_feed()
            try:
                async with aclosing(feed.frames()) as frames:
                    await self._follow(frames)
            finally:
                self._newest = None
                await feed.close()

    async def page(self) -> str:
        """The newest look as a page; raises NoPageError."""
        self._asked_s = self._clock()
        self._is_wanted.set()
        self._waiting += 1
        try:
            async with asyncio.timeout(WAIT_S), self._arrived:
                await self._arrived.wait_for(self._is_fresh)
        except TimeoutError:
            raise NoPageError(f"no look at the server has ended within {WAIT_S:g} s") from None
        finally:
            self._waiting -= 1
        if self._newest is None:
            raise NoPageError("looking has just ended; ask again")
        return text_of(self._newest)

    async def _follow(self, frames: AsyncGenerator[Frame, None]) -> None:
        """Keep the newest Frame, until nobody has asked for long."""
        async for frame in frames:
            self._newest, self._seen_s = frame, self._clock()
            async with self._arrived:
                self._arrived.notify_all()
            if not self._waiting and self._clock() - self._asked_s > IDLE_AFTER_S:
                self._is_wanted.clear()
                return

    def _is_fresh(self) -> bool:
        return self._newest is not None and self._clock() - self._seen_s <= self._fresh_s

"""Looking as long as somebody reads: politely, never telling what is old, and letting go of everything."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress

import frames
import pytest

from ollama_top.exporter.watching import IDLE_AFTER_S, Watching
from ollama_top.listening.page import NoPageError
from ollama_top.model.frame import Frame

INTERVAL_S = 5.0


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class SteppedFeed:
    """Brings a Frame each time it is told to."""

    def __init__(self) -> None:
        self.steps: asyncio.Queue[Frame] = asyncio.Queue()
        self.is_closed = False
        self.has_ended = False

    async def frames(self) -> AsyncGenerator[Frame, None]:
        try:
            while True:
                yield await self.steps.get()
        finally:
            self.has_ended = True

    async def close(self) -> None:
        self.is_closed = True


class World:
    """A watching with its feeds, and a clock that is set by hand."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.feeds: list[SteppedFeed] = []
        self.watching = Watching(self._feed, INTERVAL_S, self.clock)

    def _feed(self) -> SteppedFeed:
        self.feeds.append(SteppedFeed())
        return self.feeds[-1]

    async def look(self, url: str = "http://127.0.0.1:11434") -> None:
        """The newest feed brings a Frame, and it is taken."""
        self.feeds[-1].steps.put_nowait(frames.frame(server=frames.server(url=url)))
        await settled()


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running(World()) as own:
        yield own


@asynccontextmanager
async def running(own: World) -> AsyncIterator[World]:
    task = asyncio.create_task(own.watching.run())
    await settled()
    yield own
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert all(each.is_closed and each.has_ended for each in own.feeds)


async def test_it_looks_at_once_and_tells_the_newest(world: World) -> None:
    await world.look("http://one")
    await world.look("http://two")
    page = await world.watching.page()
    assert 'url="http://two"' in page
    assert 'url="http://one"' not in page


async def test_a_reader_who_comes_first_waits_for_the_first_look(world: World) -> None:
    reading = asyncio.create_task(world.watching.page())
    await settled()
    assert not reading.done()
    await world.look()
    assert "ollama_top_server_up 1" in await reading


async def test_without_readers_it_rests_until_one_comes(world: World) -> None:
    await world.look("http://before")
    world.clock.now_s += IDLE_AFTER_S + 1
    await world.look()
    assert (world.feeds[0].has_ended, world.feeds[0].is_closed, len(world.feeds)) == (True, True, 1)
    reading = asyncio.create_task(world.watching.page())
    await settled()
    assert len(world.feeds) == 2
    assert not reading.done(), "what was seen before the rest is not told"
    await world.look("http://after")
    assert 'url="http://after"' in await reading


async def test_readers_keep_it_looking(world: World) -> None:
    for _ in range(5):
        await world.look()
        await world.watching.page()
        world.clock.now_s += IDLE_AFTER_S * 0.9
        await world.look()
    assert len(world.feeds) == 1
    assert not world.feeds[0].has_ended


async def test_an_old_look_is_not_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ollama_top.exporter.watching.WAIT_S", 0.05)
    await world.look()
    world.clock.now_s += 4 * INTERVAL_S
    await world.watching.page()
    world.clock.now_s += 1
    with pytest.raises(NoPageError, match="no look at the server has ended"):
        await world.watching.page()
    await world.look()
    assert await world.watching.page()


async def test_what_ends_the_feed_ends_it() -> None:
    class Broken(SteppedFeed):
        async def frames(self) -> AsyncGenerator[Frame, None]:
            raise OSError("the machine tells nothing")
            yield

    broken = Broken()
    with pytest.raises(OSError, match="tells nothing"):
        await Watching(lambda: broken, INTERVAL_S).run()
    assert broken.is_closed


async def test_it_does_not_rest_before_those_who_wait_have_their_page(world: World) -> None:
    reading = asyncio.create_task(world.watching.page())
    await settled()
    world.clock.now_s += IDLE_AFTER_S + 1
    await world.look()
    assert "ollama_top_server_up 1" in await reading
    assert not world.feeds[0].has_ended

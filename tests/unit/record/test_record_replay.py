"""A replay plays, stays, and goes wherever it is told to."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest
from recordings import BEGAN, recorded
from test_record_player import calm

from ollama_top.engine.feed import ActionError
from ollama_top.model.action import Unload
from ollama_top.model.frame import Frame
from ollama_top.record.player import Player
from ollama_top.record.replay import LONGEST_S, SPEEDS, ReplayFeed

COUNT = 40


@pytest.fixture
def feed(tmp_path: Path) -> ReplayFeed:
    recorded(tmp_path / "record", calm(COUNT, bad=frozenset({10, 11})))
    return ReplayFeed(Player(tmp_path / "record"))


def number_of(frame: Frame) -> int:
    return round((frame.snapshot.taken_at - BEGAN).total_seconds() / 2)


async def test_it_goes_where_it_is_sought(feed: ReplayFeed) -> None:
    async with aclosing(feed.frames()) as frames:
        assert number_of(await anext(frames)) == 0
        found = []
        for seek in (
            lambda: feed.seek(20),
            lambda: feed.skip(-10),
            lambda: feed.skip(0.5),
            lambda: feed.skip(-0.5),
            lambda: feed.step(1),
            lambda: feed.go_to(BEGAN.timestamp() + 61),
            lambda: feed.seek(-3),
            lambda: feed.to_change(forward=True),
            lambda: feed.to_change(forward=True),
            lambda: feed.seek(10**9),
            lambda: feed.to_change(forward=False),
        ):
            seek()
            frame = await anext(frames)
            assert feed.stand.number == number_of(frame)
            assert feed.stand.at == frame.snapshot.taken_at
            found.append(number_of(frame))
    assert found == [20, 15, 16, 15, 16, 30, 0, 10, 12, 39, 12]


async def test_it_goes_to_the_end_while_it_plays(feed: ReplayFeed) -> None:
    async with aclosing(feed.frames()) as frames:
        await anext(frames)
        feed.seek(COUNT - 1)
        assert number_of(await anext(frames)) == COUNT - 1
        assert not feed.stand.is_playing


async def test_it_stays_where_the_verdict_changed(feed: ReplayFeed) -> None:
    async with aclosing(feed.frames()) as frames:
        await anext(frames)
        assert feed.stand.is_playing
        assert feed.to_change(forward=True)
        await anext(frames)
        assert not feed.stand.is_playing
        assert feed.to_change(forward=True)
        assert not feed.to_change(forward=True)


async def test_it_plays_to_the_end_and_from_there_from_the_beginning(feed: ReplayFeed) -> None:
    for _ in SPEEDS:
        feed.change_speed(1)
    assert feed.stand.speed == 1.0  # what is on the screen is of before
    async with aclosing(feed.frames()) as frames:
        found = [number_of(await anext(frames))]
        while feed.stand.is_playing:
            found.append(number_of(await asyncio.wait_for(anext(frames), LONGEST_S + 5)))
        assert feed.stand.speed == SPEEDS[-1]
        assert (found[0], found[-1]) == (0, COUNT - 1)
        assert found == sorted(set(found))
        feed.toggle()
        assert number_of(await anext(frames)) == 0
        assert feed.stand.is_playing


async def test_it_stands_still_when_it_is_told_to(feed: ReplayFeed) -> None:
    async with aclosing(feed.frames()) as frames:
        await anext(frames)
        feed.toggle()
        assert number_of(await anext(frames)) == 0
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(frames), 0.3)


async def test_nothing_is_done_to_a_server(feed: ReplayFeed) -> None:
    with pytest.raises(ActionError, match="a recording"):
        await feed.act(Unload("gemma3:270m"), lambda _: None)
    with pytest.raises(ActionError, match="a recording"):
        await feed.installed()

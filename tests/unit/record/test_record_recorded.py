"""A feed that is recorded brings what it brought before, and does what it did before."""

from contextlib import aclosing
from pathlib import Path

import feeds
import frames
import scenes

from ollama_top.model.action import Unload
from ollama_top.record.player import Player
from ollama_top.record.recorded import RecordedFeed
from ollama_top.record.recording import Recording


async def test_frames_are_recorded_on_their_way(tmp_path: Path) -> None:
    several = [frames.frame(), scenes.busy(), scenes.passing()]
    feed = RecordedFeed(feeds.PlayedFeed(several), Recording(tmp_path / "record"), print)
    async with aclosing(feed.frames()) as brought:
        assert [await anext(brought) for _ in several] == several
    assert len(Player(tmp_path / "record")) == len(several)


async def test_all_else_is_for_the_feed_itself(tmp_path: Path) -> None:
    inner = feeds.PlayedFeed([])
    feed = RecordedFeed(inner, Recording(tmp_path / "record"), print)
    feed.look_now()
    await feed.act(Unload("gemma3:270m"), lambda _: None)
    assert (inner.looks, inner.acted) == (1, [Unload("gemma3:270m")])
    assert await feed.installed() == inner.on_disk

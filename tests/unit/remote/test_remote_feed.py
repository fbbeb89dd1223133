"""The feed of another machine, which here is another process: Frames, orders, and a line that breaks."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import pytest

from ollama_top.engine.feed import ActionError, FeedError
from ollama_top.model.action import Load
from ollama_top.model.frame import Frame
from ollama_top.model.verdict import Severity
from ollama_top.remote.feed import RemoteFeed

FAR_END = (sys.executable, "-m", "ollama_top", "--interval", "0.3", "frames", "--demo")
LIMIT_S = 60.0


async def test_frames_come_and_orders_are_carried_out_there() -> None:
    feed = RemoteFeed("box", FAR_END)
    async with asyncio.timeout(LIMIT_S), aclosing(feed.frames()) as frames:
        first = await anext(frames)
        assert first.snapshot.demo
        assert (await anext(frames)).snapshot.taken_at > first.snapshot.taken_at
        following = asyncio.create_task(_until(frames, lambda _: False))
        installed = await feed.installed()
        assert len(installed) > 1
        with pytest.raises(ActionError, match="nope"):
            await feed.act(Load("nope"), lambda _: None)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def test_a_line_that_breaks_is_told_and_mended() -> None:
    feed = RemoteFeed("box", FAR_END)
    async with asyncio.timeout(LIMIT_S), aclosing(feed.frames()) as frames:
        last = await anext(frames)
        line = feed._line
        assert line is not None
        os.kill(line._process.pid, signal.SIGKILL)
        cut = await _until(frames, lambda frame: not frame.snapshot.server.reachable)
        assert (cut.verdict.severity, "the line to box is cut" in cut.verdict.text) == (Severity.ERROR, True)
        assert cut.snapshot.taken_at >= last.snapshot.taken_at, "its values are as old as they were"
        with pytest.raises(ActionError, match="is cut"):
            await feed.act(Load("x"), lambda _: None)
        feed.look_now()
        again = await _until(frames, lambda frame: frame.snapshot.server.reachable)
        assert again.snapshot.taken_at > cut.snapshot.taken_at


async def test_where_nothing_ever_comes_the_reason_is_the_far_ends_own() -> None:
    for words, why in (
        (("sh", "-c", "echo Permission denied >&2; exit 255"), "Permission denied"),
        (("sh", "-c", "echo hello"), "no JSON"),
        (("no-such-program",), "cannot be run"),
    ):
        async with aclosing(RemoteFeed("box", words).frames()) as frames:
            with pytest.raises(FeedError, match=why):
                await anext(frames)


async def _until(frames: AsyncGenerator[Frame, None], is_wanted: Callable[[Frame], bool]) -> Frame:
    async for frame in frames:
        if is_wanted(frame):
            return frame
    raise AssertionError("the feed has ended")

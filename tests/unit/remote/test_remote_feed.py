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
from ollama_top.remote import line
from ollama_top.remote.feed import RemoteFeed
from ollama_top.remote.line import Line, LineError, open_line
from ollama_top.remote.protocol import Answer, answer_line

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


async def test_a_line_without_an_end_is_no_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "LONGEST_LINE_BYTES", 1000)
    async with aclosing(RemoteFeed("box", ("printf", "%5000s")).frames()) as frames:
        with pytest.raises(FeedError, match="cannot be understood"):
            await anext(frames)


async def test_what_is_answered_twice_is_heard_once() -> None:
    """Where the answers to one number come again, they are of nobody any more."""
    over = answer_line(Answer(1, is_over=True)).decode()
    script = f"import sys; sys.stdin.readline(); sys.stdout.write({over * 3!r})"
    ours = await open_line((sys.executable, "-c", script))
    following = asyncio.create_task(_ended(ours))
    async with asyncio.timeout(LIMIT_S):
        await ours.act(Load("x"), lambda _: None)
        assert "ended with status 0" in await following
        again = asyncio.create_task(ours.act(Load("x"), lambda _: None))
        await asyncio.sleep(0.05)
        assert not again.done()
        await ours.close()
        with pytest.raises(ActionError, match="closed"):
            await again


async def _ended(ours: Line) -> str:
    with pytest.raises(LineError) as caught:
        async for _ in ours.frames():
            pass
    return str(caught.value)


async def _until(frames: AsyncGenerator[Frame, None], is_wanted: Callable[[Frame], bool]) -> Frame:
    async for frame in frames:
        if is_wanted(frame):
            return frame
    raise AssertionError("the feed has ended")

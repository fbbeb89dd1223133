"""Frames of a server that comes, goes, hangs and changes, looked at over real sockets."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import captured
import frames
import pytest

from ollama_top.engine import live
from ollama_top.engine.answering import AskError, UnknownModelError
from ollama_top.engine.feed import ActionError
from ollama_top.engine.live import LiveFeed
from ollama_top.model.action import Unload
from ollama_top.model.frame import Frame
from ollama_top.model.gpu import Vendor
from ollama_top.model.light import Light, LightState
from ollama_top.model.reading import Known, Missing, Why
from ollama_top.ollama.host import parse_target
from ollama_top.sources.gpus.look import GpuLook

NEWEST = captured.Capture(captured.NEWEST)
INTERVAL_S, SHARE_S, PATIENCE_S = 0.1, 0.3, 10.0


class Api:
    """A server with one model; what it does can be changed while it runs."""

    def __init__(self) -> None:
        self.port = 0
        self.late_s = 0.0
        self.status = "200 OK"
        self.bodies: dict[str, bytes] = {
            "/api/version": b'{"version":"0.33.0"}',
            "/api/ps": NEWEST.body("ps-loaded"),
            "/api/tags": NEWEST.body("tags"),
            "/api/show": json.dumps(NEWEST.json("show")).encode(),
            "/api/generate": b'{"done":true}',
        }
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self.port, reuse_address=True)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for each in tuple(self._talks):
                each.cancel()
            await asyncio.gather(*self._talks, return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            while first := await reader.readline():
                await self._answer(first.split()[1].decode(), reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            self._talks.discard(task)
            writer.close()

    async def _answer(self, path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length = 0
        while (line := await reader.readline()).strip():
            name, _, told = line.partition(b":")
            length = int(told) if name.lower() == b"content-length" else length
        await reader.readexactly(length)
        await asyncio.sleep(self.late_s)
        body = self.bodies.get(path, b"")
        writer.write(f"HTTP/1.1 {self.status}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()


class Watched:
    """The Frames of a feed, one after the other, and when each came."""

    def __init__(self, feed: LiveFeed, frames: AsyncIterator[Frame]) -> None:
        self.feed = feed
        self._frames = frames
        self.came_s: list[float] = []

    async def next(self) -> Frame:
        async with asyncio.timeout(PATIENCE_S):
            frame = await anext(self._frames)
        self.came_s.append(time.monotonic())
        return frame

    async def until(self, holds: Callable[[Frame], object]) -> Frame:
        """The first Frame of which something holds."""
        ends_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends_s:
            frame = await self.next()
            if holds(frame):
                return frame
        raise AssertionError("no such Frame came")


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """No card, whatever this machine has."""
    monkeypatch.setattr(live, "readers", lambda: {Vendor.NVIDIA: lambda: GpuLook((), absent=True)})


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    own = Api()
    await own.start()
    yield own
    await own.stop()


@asynccontextmanager
async def watching(api: Api, **options: Any) -> AsyncIterator[Watched]:
    settings = {"interval_s": INTERVAL_S, "share_s": SHARE_S, **options}
    feed = LiveFeed(parse_target(f"127.0.0.1:{api.port}"), **settings)
    async with aclosing(feed.frames()) as frames:
        yield Watched(feed, frames)
    await feed.close()


def light(frame: Frame, name: str) -> Light:
    return next(each for each in frame.snapshot.sources if each.name == name)


async def test_a_gpu_driver_that_takes_long_holds_up_no_frame(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()

    def slow() -> GpuLook:
        answers.wait(PATIENCE_S)
        return GpuLook((frames.gpu(),))

    monkeypatch.setattr(live, "readers", lambda: {Vendor.NVIDIA: slow})
    try:
        async with watching(api) as watched:
            frame = await watched.until(lambda each: light(each, "nvidia").state is LightState.SLOW)
            assert frame.snapshot.gpus == ()
            assert frame.snapshot.models, "the others went on"
            answers.set()
            assert (await watched.until(lambda each: each.snapshot.gpus)).snapshot.gpus
    finally:
        answers.set()


async def test_a_model_is_described_or_it_is_said_why_not(api: Api) -> None:
    async with watching(api) as watched:
        assert (await watched.feed.describe("gemma3:270m")).name == "gemma3:270m"
        with pytest.raises(UnknownModelError, match="no model 'nope' is installed"):
            await watched.feed.describe("nope")
        api.status = "500 Internal Server Error"
        with pytest.raises(AskError, match=r"cannot ask http://127.*about gemma3:270m: answered HTTP 500"):
            await watched.feed.describe("gemma3:270m")


async def test_the_first_frame_is_whole(api: Api) -> None:
    async with watching(api) as watched:
        snapshot = (await watched.next()).snapshot
    assert snapshot.server.reachable
    assert snapshot.server.version == Known("0.33.0", snapshot.server.version.source)  # type: ignore[union-attr] # it is known
    assert len(snapshot.models) == 1
    assert snapshot.host.name
    names = " ".join(each.name for each in snapshot.sources)
    assert names == "api processes sockets slots log service nvidia host proxy"
    assert not snapshot.demo


async def test_a_port_held_by_another_program_is_said_so(api: Api) -> None:
    """This test holds it, and is no `ollama serve`: as behind a tunnel, nothing here is the server's."""
    async with watching(api) as watched:
        frame = await watched.until(lambda each: light(each, "processes").state is not LightState.PENDING)
    pid = frame.snapshot.server.pid
    assert isinstance(pid, Missing)
    assert pid.why is Why.NOT_LOCAL
    assert light(frame, "processes").state is LightState.ABSENT
    assert isinstance(frame.snapshot.queue.waiting, Missing)


async def test_frames_come_every_interval(api: Api) -> None:
    async with watching(api) as watched:
        for _ in range(8):
            await watched.next()
    steps = [later - sooner for sooner, later in zip(watched.came_s, watched.came_s[1:], strict=False)]
    assert min(steps) >= INTERVAL_S * 0.9
    assert sorted(steps)[len(steps) // 2] < INTERVAL_S * 2


async def test_nobody_there_is_a_frame(api: Api) -> None:
    await api.stop()
    async with watching(api) as watched:
        frame = await watched.next()
    server = frame.snapshot.server
    assert (server.reachable, server.problem) == (False, "connection refused")
    assert "connection refused" in frame.verdict.text
    assert light(frame, "api").state is LightState.FAILED


async def test_a_server_that_dies_and_comes_back_is_followed(api: Api) -> None:
    async with watching(api) as watched:
        await watched.until(lambda frame: frame.snapshot.server.reachable)
        await api.stop()
        down = await watched.until(lambda frame: not frame.snapshot.server.reachable)
        assert len(down.snapshot.models) == 1, "the last good value stays"
        api.bodies["/api/ps"] = b'{"models":[]}'
        await api.start()
        back = await watched.until(lambda frame: frame.snapshot.server.reachable)
        assert back.snapshot.models == ()


async def test_a_server_that_hangs_holds_no_frame_up(api: Api) -> None:
    """6 s are waited for by the source, and by no Frame."""
    api.late_s = 6.0
    async with watching(api) as watched:
        began_s = time.monotonic()
        first = await watched.next()
        assert time.monotonic() - began_s < SHARE_S + 1
        assert not first.snapshot.server.reachable
        assert first.snapshot.server.problem is None
        slow = await watched.until(lambda frame: light(frame, "api").state is LightState.SLOW)
        assert "has not answered for" in (light(slow, "api").problem or "")
        assert len(watched.came_s) >= 5
        assert light(slow, "host").state is LightState.OK


async def test_a_new_version_is_noticed(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ollama_top.sources.api.VERSION_EVERY_S", 0.2)

    def told(version: str) -> Callable[[Frame], bool]:
        return lambda frame: getattr(frame.snapshot.server.version, "value", None) == version

    async with watching(api) as watched:
        await watched.until(told("0.33.0"))
        api.bodies["/api/version"] = b'{"version":"0.34.0"}'
        await watched.until(told("0.34.0"))


@pytest.mark.parametrize("body", [b"null", b"[]", b"<!doctype html>", b'{"models":', b"\x00\xff"])
async def test_garbage_is_a_problem_and_then_forgotten(api: Api, body: bytes) -> None:
    good, api.bodies["/api/ps"] = api.bodies["/api/ps"], body
    async with watching(api) as watched:
        bad = await watched.next()
        assert light(bad, "api").state is LightState.FAILED
        assert "expected" in (bad.snapshot.server.problem or "")
        api.bodies["/api/ps"] = good
        await watched.until(lambda frame: frame.snapshot.server.problem is None)


async def test_a_look_at_once_does_not_wait_for_the_interval(api: Api) -> None:
    async with watching(api, interval_s=60) as watched:
        await watched.next()
        began_s = time.monotonic()
        asyncio.get_running_loop().call_later(0.1, watched.feed.look_now)
        await watched.next()
        assert time.monotonic() - began_s < 5


async def test_unload_asks_the_server_and_looks_again(api: Api) -> None:
    async with watching(api, interval_s=60) as watched:
        await watched.next()
        await watched.feed.act(Unload("gemma3:270m"), print)
        api.bodies["/api/ps"] = b'{"models":[]}'
        assert (await watched.next()).snapshot.models == ()


async def test_an_unload_that_is_refused_tells_the_servers_words(api: Api) -> None:
    api.status, api.bodies["/api/generate"] = "404 Not Found", b'{"error":"model \'x\' not found"}'
    async with watching(api) as watched:
        with pytest.raises(ActionError, match="model 'x' not found"):
            await watched.feed.act(Unload("x"), print)
    await api.stop()
    async with watching(api) as watched:
        with pytest.raises(ActionError, match="connection refused"):
            await watched.feed.act(Unload("x"), print)


async def test_a_remote_server_has_no_local_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = LiveFeed(parse_target("192.0.2.1:11434"), interval_s=INTERVAL_S, share_s=0.1)
    async with aclosing(feed.frames()) as frames:
        snapshot = (await anext(frames)).snapshot
    await feed.close()
    assert [each.name for each in snapshot.sources] == ["api", "nvidia", "host", "proxy"]
    assert isinstance(snapshot.queue.running, Missing)
    assert snapshot.queue.running.why is Why.NOT_LOCAL

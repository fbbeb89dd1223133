"""A real proxy before a simulated server: each request with its model, phase and times, and none twice."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import psutil
import pytest
import world

from ollama_top.engine.live import LiveFeed
from ollama_top.model.exchange import Phase
from ollama_top.model.frame import Snapshot
from ollama_top.model.light import LightState
from ollama_top.model.queue import Precision
from ollama_top.model.reading import Known, Source
from ollama_top.model.request import RequestState
from ollama_top.ollama.host import parse_target
from ollama_top.sources import proxies, sockets
from ollama_top.sources.tap import Taps

PATIENCE_S = 20.0
REQUEST = {"tokens": 60, "words": 8}

pytestmark = pytest.mark.skipif(not sockets.is_supported(), reason="needs Linux's socket diagnosis")


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@asynccontextmanager
async def proxied(server: world.Server, upstream: str | None = None) -> AsyncIterator[world.Server]:
    """The server as it is called through a proxy, which may call it by another address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    listen = f"127.0.0.1:{port}"
    await proxies.start(listen, upstream or server.url)
    taps = Taps()
    following = asyncio.create_task(taps.follow())
    try:
        yield world.Server(port, server.pid, server.log)
    finally:
        await proxies.stop(listen, taps.tapped)
        following.cancel()


async def test_each_request_is_told_exactly_and_those_beside_the_proxy_are_seen_as_ever() -> None:
    with world.simulated_ollama("--decode-rate", "20", OLLAMA_NUM_PARALLEL="2") as server:
        feed = LiveFeed(parse_target(server.url), interval_s=0.3)
        async with (
            proxied(server) as through,
            world.crowd(through, [True, True, True, True], **REQUEST) as passing,
            world.crowd(server, [True], **REQUEST) as beside,
            aclosing(feed.frames()) as frames,
            asyncio.timeout(PATIENCE_S),
        ):
            first = asyncio.create_task(passing.ask())
            await asyncio.sleep(0.3)
            last = asyncio.create_task(beside.ask())
            async for frame in frames:
                if _is_settled(frame.snapshot):
                    break
            _check_under_way(frame.snapshot)
            async for frame in frames:
                if not frame.snapshot.requests and len(frame.snapshot.exchanges) == 4:
                    break
            _check_ended(frame.snapshot)
            await asyncio.gather(first, last)
        await feed.close()


async def test_a_proxy_that_calls_by_another_address_of_this_machine_stands_before_the_same_server() -> None:
    lan = next((each for each in own_addresses() if not each.startswith("127.")), None)
    if lan is None:
        pytest.skip("this machine is in no network")
    with world.simulated_ollama("--decode-rate", "20", OLLAMA_HOST="0.0.0.0:0") as server:
        feed = LiveFeed(parse_target(server.url), interval_s=0.3)
        async with (
            proxied(server, f"http://{lan}:{server.port}") as through,
            world.crowd(through, [True], **REQUEST) as passing,
            aclosing(feed.frames()) as frames,
            asyncio.timeout(PATIENCE_S),
        ):
            asking = asyncio.create_task(passing.ask())
            async for frame in frames:
                told = [each.exchange for each in frame.snapshot.requests if each.exchange is not None]
                if told and told[0].phase is Phase.STREAMING:
                    break
            assert len(frame.snapshot.requests) == 1, "told once, by the socket and the proxy together"
            assert frame.snapshot.queue.running == Known(1, Source.SLOTS)
            await asking
        await feed.close()


def own_addresses() -> list[str]:
    return [
        each.address
        for addresses in psutil.net_if_addrs().values()
        for each in addresses
        if each.family == socket.AF_INET
    ]


def _is_settled(snapshot: Snapshot) -> bool:
    told = [each for each in snapshot.requests if each.exchange is not None]
    streaming = [each for each in told if each.exchange and each.exchange.phase is Phase.STREAMING]
    return len(told) == 4 and len(snapshot.requests) == 5 and len(streaming) == 2


def _check_under_way(snapshot: Snapshot) -> None:
    assert (snapshot.queue.running, snapshot.queue.waiting) == (
        Known(2, Source.SLOTS),
        Known(3, Source.SOCKETS),
    )
    assert snapshot.queue.precision is Precision.EXACT
    told = [each for each in snapshot.requests if each.exchange is not None]
    assert sorted(each.state for each in told) == [RequestState.RUNNING] * 2 + [RequestState.WAITING] * 2
    assert {each.model for each in told} == {Known(world.MODEL, Source.PROXY)}
    light = next(each for each in snapshot.sources if each.name == "proxy")
    assert light.state is LightState.OK


def _check_ended(snapshot: Snapshot) -> None:
    (model,) = snapshot.by_model
    assert (model.name, model.answered, model.failed, model.left) == (world.MODEL, 4, 0, 0)
    assert model.output_tokens == Known(4 * REQUEST["tokens"], Source.PROXY)
    waits = sorted(each.queue_s.value for each in snapshot.exchanges if isinstance(each.queue_s, Known))
    assert len(waits) == 4
    assert waits[1] < 1.0 < waits[2], "two were served at once, and two after them"

"""Running and waiting as shown of simulated servers of every era, against their clients' clocks.

On a busy machine a word is at times longer on its way from runner to client than the ledger allows
for, so some looks may be off by one; what is exact is held by counters and recordings elsewhere.
"""

import asyncio
import sys
import time
from contextlib import aclosing

import pytest
import world

from ollama_top.engine.live import LiveFeed
from ollama_top.model.frame import Snapshot
from ollama_top.model.loaded import ModelState
from ollama_top.model.reading import Known, Missing, Source, Why, value_or
from ollama_top.ollama.host import parse_target
from ollama_top.sources import sockets

pytestmark = pytest.mark.skipif(not sockets.is_supported(), reason="socket diagnosis is Linux's")

INTERVAL_S = 0.25
SPEED = ("--decode-rate", "30", "--prefill-rate", "40", "--load-s", "0.8")
REQUEST = {"words": 8, "tokens": 15}
ERAS = {
    "C++ server": (("--version", "0.3.13"), world.MODEL, 2, Source.SLOTS),
    "Go runner, told by flags": (("--version", "0.11.4"), world.MODEL, 2, Source.SOCKETS),
    "Go runner, told over HTTP": (("--version", "0.24.0"), world.MODEL, 2, Source.SOCKETS),
}
"""MLX is held by hand-written counters, in test_engine_redirected.py: a simulation agrees with itself."""


class Watched:
    """What a feed brings, each with its moment by the clients' clock."""

    def __init__(self, server: world.Server) -> None:
        self.seen: list[tuple[float, Snapshot]] = []
        self._feed = LiveFeed(parse_target(server.url), interval_s=INTERVAL_S)

    async def run(self) -> None:
        behind_s = time.time() - time.monotonic()
        async with aclosing(self._feed.frames()) as frames:
            async for frame in frames:
                self.seen.append((frame.snapshot.taken_at.timestamp() - behind_s, frame.snapshot))

    async def close(self) -> None:
        await self._feed.close()


async def watched(era: str, streams: list[bool]) -> tuple[list[tuple[float, Snapshot]], list[world.Timeline]]:
    """What is shown while six ask at once and five others keep their connections."""
    flags, model, _, _ = ERAS[era]
    with world.simulated_ollama(*flags, *SPEED, OLLAMA_NUM_PARALLEL="2") as server:
        watch = Watched(server)
        watching = asyncio.create_task(watch.run())
        async with world.crowd(server, streams, idle=5, model=model, **REQUEST) as crowd:
            timelines = await crowd.ask()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await watch.close()
    return watch.seen, timelines


@pytest.mark.parametrize("era", ERAS)
async def test_six_requests_are_counted(era: str) -> None:
    seen, timelines = await watched(era, [True, False] * 3)
    _, model, parallel, source = ERAS[era]
    pairs = [
        (counts(shown), truth(timelines, moment_s), shown)
        for moment_s, shown in seen
        if world.is_settled(timelines, moment_s) and sum(truth(timelines, moment_s))
    ]
    wrong = [(told, true) for told, true, _ in pairs if not is_right(told, true, parallel)]
    assert len(wrong) <= len(pairs) / 4, wrong
    full = [shown for told, _, shown in pairs if told == (parallel, 6 - parallel)]
    assert full
    for shown in full:
        (only,) = shown.models
        assert (value_or(only.name, None), only.state) == (model, ModelState.BUSY)
        assert value_or(only.parallel, None) == parallel
        assert only.running == Known(parallel, source)
        assert value_or(only.waiting, None) == 6 - parallel


@pytest.mark.parametrize("era", ["C++ server", "Go runner, told by flags", "Go runner, told over HTTP"])
async def test_a_load_is_seen_to_go_on(era: str) -> None:
    seen, _ = await watched(era, [True])
    loads = [
        each.load_percent.value
        for _, shown in seen
        for each in shown.models
        if each.state is ModelState.LOADING and isinstance(each.load_percent, Known)
    ]
    assert loads == sorted(loads)
    assert len({*loads}) >= 2


def truth(timelines: list[world.Timeline], moment_s: float) -> tuple[int, int]:
    found = world.truth_at(timelines, moment_s)
    return found.running, found.waiting


def counts(shown: Snapshot) -> tuple[int | None, int | None]:
    return value_or(shown.queue.running, None), value_or(shown.queue.waiting, None)


def is_right(shown: tuple[int | None, int | None], true: tuple[int, int], parallel: int) -> bool:
    """Exact; a request on its way from the queue to its first work is in service or not yet."""
    running, waiting = shown
    if running is None or waiting is None:
        return False
    return running + waiting == sum(true) and true[0] <= running <= min(sum(true), parallel)


EMBED = """
import sys, urllib.request
body = b'{"model": "nomic-embed-text", "input": "one two three four five six seven eight"}'
urllib.request.urlopen(urllib.request.Request(sys.argv[1] + "/api/embed", body)).read()
"""


@pytest.mark.parametrize("version", ["0.24.0", "0.33.0"])
async def test_models_that_embed_serve_one_at_a_time(version: str) -> None:
    flags = ("--version", version, "--models", "nomic-embed-text", "--prefill-rate", "8")
    with world.simulated_ollama(*flags, OLLAMA_NUM_PARALLEL="4") as server:
        watch = Watched(server)
        watching = asyncio.create_task(watch.run())
        asking = [
            await asyncio.create_subprocess_exec(sys.executable, "-c", EMBED, server.url) for _ in range(3)
        ]
        assert [await each.wait() for each in asking] == [0, 0, 0]
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await watch.close()
    full = [shown for _, shown in watch.seen if counts(shown) == (1, 2) and shown.models]
    assert full
    (only,) = full[-1].models
    assert value_or(only.parallel, None) == 1
    assert only.held_at_one == "Ollama holds models that write no text at one"


async def test_before_there_was_ps_models_are_shown_by_their_runners() -> None:
    with world.simulated_ollama("--version", "0.1.37", "--decode-rate", "30") as server:
        watch = Watched(server)
        watching = asyncio.create_task(watch.run())
        async with world.crowd(server, [True], words=8, tokens=30) as crowd:
            await crowd.ask()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await watch.close()
        log = server.log.read_text()
    busy = [only for _, shown in watch.seen for only in shown.models if only.state is ModelState.BUSY]
    assert busy
    assert busy[-1].name == Known(world.MODEL, Source.API)
    assert busy[-1].expires_at == Missing(
        Why.UNSUPPORTED, "Ollama 0.1.37 does not tell it; 0.1.38 and later do"
    )
    assert log.count('"/api/ps"') == 1

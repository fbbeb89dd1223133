"""A real Ollama behind the proxy: what is told of each request is what its client was told by the server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import world
from live_ollama import PROMPT, VARIED
from proxying import followed, proxy, until

from ollama_top.model.exchange import Exchange, Failure, Phase
from ollama_top.model.reading import Known, Missing, Source
from ollama_top.sources.tap import Tap

pytestmark = pytest.mark.real_ollama
MODEL = world.MODEL
OPTIONS = {**VARIED, "num_predict": 24}
NEAR_S = 0.1  # of two processes on a busy machine


@dataclass
class Own:
    """What a client read itself."""

    status: int
    first_s: float
    total_s: float
    lines: list[bytes] = field(default_factory=list)

    @property
    def last(self) -> Any:
        """The last object, whose statistics are Ollama's own."""
        return json.loads(self.lines[-1])

    @property
    def usage(self) -> Any:
        """The usage that an event of OpenAI's or Anthropic's dialect tells, the last one."""
        told = [json.loads(line[5:]) for line in self.lines if line.startswith(b"data: {")]
        found = [each.get("usage") or each.get("response", {}).get("usage") for each in told]
        return [each for each in found if each][-1]


async def ask(port: int, path: str, document: dict[str, Any]) -> Own:
    """One request with a clock of its own."""
    body = json.dumps({"model": MODEL, **document}).encode()
    began_s = monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    try:
        status = int((await reader.readuntil(b"\r\n\r\n")).split()[1])
        first = await reader.read(1)
        own = Own(status, monotonic() - began_s, 0.0)
        rest = first + await reader.read(-1)
        own.total_s = monotonic() - began_s
    finally:
        writer.transport.abort()
    own.lines = [line for line in rest.splitlines() if line.startswith((b"{", b"data:"))]
    return own


@dataclass
class Through:
    """A real server behind a proxy."""

    port: int
    tap: Tap

    async def told(self, number: int) -> list[Exchange]:
        """What is told once so many exchanges have ended."""
        await until(lambda: len(self.tap.tapped.finished) >= number, 60)
        return sorted(self.tap.tapped.finished, key=lambda each: each.id)


@asynccontextmanager
async def through(server: world.Server, folder: Path) -> AsyncIterator[Through]:
    feed = folder / "feed.sock"
    with proxy(server.url, feed) as port:
        async with followed(feed) as tap:
            await until(lambda: tap.tapped.is_ready)
            yield Through(port, tap)


def near(reading: Any, expected_s: float, most_s: float = NEAR_S) -> bool:
    return isinstance(reading, Known) and abs(reading.value - expected_s) <= most_s


def check(told: Exchange, own: Own) -> None:
    """Ollama's own dialect: all that its last line tells."""
    said = own.last
    assert (told.phase, told.failure) == (Phase.DONE, None)
    assert told.model.value == MODEL
    assert told.output_tokens.value == said["eval_count"]
    assert told.prompt_tokens.value == said["prompt_eval_count"]
    assert near(told.load_s, said["load_duration"] / 1e9, 1e-3)
    assert near(told.prefill_s, said["prompt_eval_duration"] / 1e9, 1e-3)
    assert near(told.tokens_per_s, said["eval_count"] / said["eval_duration"] * 1e9, 0.01)
    assert near(told.total_s, own.total_s)


async def test_alone_a_request_is_told_as_its_client_was(server: world.Server, tmp_path: Path) -> None:
    async with through(server, tmp_path) as proxied:
        asked: list[tuple[str, dict[str, Any]]] = [
            ("/api/generate", {"prompt": PROMPT, "options": OPTIONS}),
            ("/api/generate", {"prompt": PROMPT, "options": OPTIONS, "stream": False}),
            ("/api/chat", {"messages": [{"role": "user", "content": PROMPT}], "options": OPTIONS}),
        ]
        owns = [await ask(proxied.port, *each) for each in asked]
        told = await proxied.told(3)
    for each, own in zip(told, owns, strict=True):
        check(each, own)
        assert near(each.queue_s, 0.0, 0.1 + 0.15 * own.total_s), "alone, but for work that is not counted"
    assert near(told[0].ttft_s, owns[0].first_s)
    assert isinstance(told[1].ttft_s, Missing)
    assert near(told[2].ttft_s, owns[2].first_s)


async def test_of_six_at_once_four_have_waited(server: world.Server, tmp_path: Path) -> None:
    """OLLAMA_NUM_PARALLEL is 2: the server's own account of each is what its client read."""
    document = {"prompt": PROMPT, "options": OPTIONS}
    async with through(server, tmp_path) as proxied:
        await ask(proxied.port, "/api/generate", document)
        await asyncio.gather(*(ask(proxied.port, "/api/generate", document) for _ in range(6)))
        told = (await proxied.told(7))[1:]
    waits = sorted(each.queue_s.value for each in told)
    wrote_s = min(each.total_s.value - each.queue_s.value for each in told)
    assert waits[1] < wrote_s / 2, "two are served at once"
    assert waits[2] > wrote_s / 2, "and the others after them"
    for each in told:
        assert near(each.ttft_s, each.queue_s.value + each.load_s.value + each.prefill_s.value, 0.1)


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/v1/chat/completions", {"stream_options": {"include_usage": True}, "max_tokens": 12}),
        ("/v1/messages", {"max_tokens": 12}),
    ],
)
async def test_the_other_dialects(
    server: world.Server, tmp_path: Path, path: str, document: dict[str, Any]
) -> None:
    messages = [{"role": "user", "content": PROMPT}]
    async with through(server, tmp_path) as proxied:
        own = await ask(proxied.port, path, {"stream": True, "messages": messages, **document})
        (told,) = await proxied.told(1)
    counts = sorted(
        value for key, value in own.usage.items() if key != "total_tokens" and isinstance(value, int)
    )
    assert sorted((told.prompt_tokens.value, told.output_tokens.value)) == counts
    assert (told.phase, told.failure, told.num_predict.value) == (Phase.DONE, None, 12)
    assert near(told.total_s, own.total_s)
    assert near(told.ttft_s, own.first_s)


async def test_a_model_that_is_not_there_and_a_client_that_leaves(
    server: world.Server, tmp_path: Path
) -> None:
    async with through(server, tmp_path) as proxied:
        await ask(proxied.port, "/api/generate", {"model": "nope", "prompt": "x"})
        long = {"prompt": PROMPT, "options": {**OPTIONS, "num_predict": 400}}
        leaving = asyncio.create_task(ask(proxied.port, "/api/generate", long))
        await until(lambda: any(each.phase is Phase.STREAMING for each in proxied.tap.tapped.running))
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        unknown, left = await proxied.told(2)
    assert (unknown.failure, unknown.model.value) == (Failure.NOT_FOUND, "nope")
    assert (left.phase, left.failure) == (Phase.LEFT, None)
    assert left.output_tokens.source is Source.ESTIMATE
    assert isinstance(left.queue_s, Missing)

"""A simulated `ollama serve` as a real process, and clients who remember the true times.

The world that the monitor's tests look at: what is seen can be compared with what was the case.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
START_LIMIT_S, END_LIMIT_S = 20.0, 5.0
MODEL = "gemma3:270m"
LISTENING = re.compile(r"Listening on [^ ]*:(\d+) ")


@dataclass(frozen=True)
class Server:
    """A simulated server under way."""

    port: int
    pid: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def simulated_ollama(*flags: str, **environment: str) -> Iterator[Server]:
    """A server on a free port, with the flags of `python -m ollama_top.demo.serve` and OLLAMA_ variables."""
    with tempfile.TemporaryDirectory(prefix="world-") as folder:
        log = Path(folder) / "server.log"
        with log.open("wb") as stream:
            process = subprocess.Popen(
                [sys.executable, "-m", "ollama_top.demo.serve", *flags],
                cwd=ROOT,
                env={**os.environ, "TMPDIR": folder, "OLLAMA_HOST": "127.0.0.1:0", **environment},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
            )
        try:
            yield Server(_port(process, log), process.pid, log)
        finally:
            process.terminate()
            try:
                process.wait(END_LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def simulated_program(folder: Path, *flags: str, before: str = "") -> Path:
    """A program that serves as `ollama` does; `before` is what a shell does first, as one that may end it."""
    words = [sys.executable, "-m", "ollama_top.demo.serve", "--install", str(folder / "bin"), *flags]
    subprocess.run(words, cwd=ROOT, check=True, timeout=START_LIMIT_S)
    path = folder / "ollama"
    path.write_text(f'#!/bin/sh\n{before}\nexec "{folder}/bin/ollama" "$@"\n')
    path.chmod(0o755)
    return path


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    ends_s = time.monotonic() + START_LIMIT_S
    while time.monotonic() < ends_s and process.poll() is None:
        found = LISTENING.search(log.read_text(errors="replace"))
        if found:
            return int(found[1])
        time.sleep(0.02)
    raise RuntimeError(f"the simulated server did not start:\n{log.read_text(errors='replace')}")


@dataclass
class Timeline:
    """The true course of one request; moments are of time.monotonic()."""

    is_streamed: bool
    sent_s: float
    pieces_s: list[float] = field(default_factory=list)
    end_s: float | None = None
    status: int = 0
    said: list[dict[str, Any]] = field(default_factory=list)

    @property
    def final(self) -> Mapping[str, Any]:
        """The last object, with the server's own statistics."""
        return self.said[-1]

    @property
    def served_s(self) -> float:
        """When its service began, by the server's own account."""
        assert self.end_s is not None
        work_ns: int = self.final["prompt_eval_duration"] + self.final["eval_duration"]
        return self.end_s - work_ns / 1e9

    @property
    def tokens_per_s(self) -> float:
        """Ollama's own rate over the whole request."""
        rate: float = self.final["eval_count"] / (self.final["eval_duration"] / 1e9)
        return rate


@dataclass(frozen=True)
class Truth:
    """What was the case at one moment."""

    running: int
    waiting: int


def truth_at(timelines: Sequence[Timeline], moment_s: float) -> Truth:
    """What was the case among requests that have all ended by now."""
    under_way = [each for each in timelines if each.sent_s <= moment_s and (each.end_s or 0) > moment_s]
    running = sum(each.served_s <= moment_s for each in under_way)
    return Truth(running, len(under_way) - running)


def is_settled(timelines: Sequence[Timeline], moment_s: float, margin_s: float = 0.12) -> bool:
    """Whether nothing began or ended so close to a moment that two clocks could differ over it."""
    turns = [turn for each in timelines for turn in (each.sent_s, each.served_s, each.end_s or 0)]
    return all(abs(turn - moment_s) > margin_s for turn in turns)


class Client:
    """One connection that is kept open between requests."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, port: int) -> "Client":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def generate(
        self, *, words: int = 8, tokens: int = 40, stream: bool = True, model: str = MODEL, **more: Any
    ) -> Timeline:
        """One /api/generate with a prompt of `words` tokens and an answer of `tokens`."""
        options = {"num_predict": tokens, **more.pop("options", {})}
        prompt = " ".join(["word"] * words)
        document = {"model": model, "prompt": prompt, "stream": stream, "options": options, **more}
        return await self.post("/api/generate", document)

    async def post(self, path: str, document: object) -> Timeline:
        """One question of JSON, with its course."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return await self.ask("POST", path, body)

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Timeline:
        """One question, with its course."""
        fields = {
            "Host": "127.0.0.1",
            "User-Agent": "a client of the tests",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **headers,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self._writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        timeline = Timeline(b'"stream": true' in body, time.monotonic())
        await self._writer.drain()
        await self._read(timeline)
        timeline.end_s = time.monotonic()
        return timeline

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def _read(self, timeline: Timeline) -> None:
        timeline.status = int((await self._reader.readline()).split()[1])
        headers = {}
        while line := (await self._reader.readline()).strip().decode():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if headers.get("transfer-encoding") != "chunked":
            self._note(timeline, await self._reader.readexactly(int(headers.get("content-length", "0"))))
            return
        while size := int(await self._reader.readline(), 16):
            self._note(timeline, await self._reader.readexactly(size + 2))
        await self._reader.readline()

    def _note(self, timeline: Timeline, piece: bytes) -> None:
        timeline.pieces_s.append(time.monotonic())
        if piece.strip().startswith(b"{"):
            timeline.said.append(json.loads(piece))


@asynccontextmanager
async def clients(server: Server, count: int) -> AsyncIterator[list[Client]]:
    """Some clients, each on a connection of its own."""
    found = [await Client.connect(server.port) for _ in range(count)]
    try:
        yield found
    finally:
        for each in found:
            await each.close()


@asynccontextmanager
async def idle_clients(server: Server, count: int, **request: Any) -> AsyncIterator[None]:
    """Clients that have asked once, have their answer, and keep their connections."""
    async with clients(server, count) as found:
        for each in found:
            await each.generate(**{"words": 2, "tokens": 2, **request})
        yield


async def burst(server: Server, streams: Sequence[bool], **request: Any) -> list[Timeline]:
    """As many requests at once as `streams` has places, each streamed or not; their courses."""
    async with clients(server, len(streams)) as found:
        asking = [
            each.generate(stream=stream, **request) for each, stream in zip(found, streams, strict=True)
        ]
        return await asyncio.gather(*asking)


class Crowd:
    """Clients in another process: first idle ones, then, once it is let go, those who ask at once."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.pid = process.pid
        self._process = process

    async def ask(self) -> list[Timeline]:
        """Let them ask, and wait for their courses; their connections stay open."""
        await self._say()
        return [Timeline(**each) for each in json.loads(await self._line())]

    async def _line(self) -> bytes:
        assert self._process.stdout is not None
        return await self._process.stdout.readline()

    async def _say(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        await self._process.stdin.drain()


@asynccontextmanager
async def crowd(
    server: Server,
    streams: Sequence[bool],
    *,
    idle: int = 0,
    rounds: int = 1,
    rest_s: float = 0.0,
    **request: Any,
) -> AsyncIterator[Crowd]:
    """As many clients as `streams` has places, each with `rounds` requests, beside `idle` ones."""
    wanted = {
        "port": server.port,
        "streams": [*streams],
        "idle": idle,
        "rounds": rounds,
        "rest_s": rest_s,
        "request": request,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("crowd.py")),
        json.dumps(wanted),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 26,
    )
    found = Crowd(process)
    try:
        assert await found._line() == b"ready\n"
        yield found
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), END_LIMIT_S)
        except TimeoutError:
            process.kill()
            await process.wait()

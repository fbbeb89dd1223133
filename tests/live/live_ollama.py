"""A real Ollama as a process of the tests, and what `show --watch` says of it meanwhile.

Must never touch a server that it has not started.
"""

import asyncio
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import running
import world

START_LIMIT_S, END_LIMIT_S, SHOWN_LIMIT_S = 60.0, 30.0, 30.0
PROMPT = "Write the numbers from one upward as words, and beside each of them a story of one sentence:"
# a model that repeats itself is stopped without its statistics
VARIED = {"temperature": 1.5, "top_k": 0, "top_p": 1.0, "repeat_penalty": 1.0}


@contextmanager
def real_ollama(serve: Path, folder: Path, **environment: str) -> Iterator[world.Server]:
    """The server that a script starts, on a port of its own, for as long as the `with` lasts."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    log = folder / "server.log"
    own = {"OLLAMA_HOST": f"127.0.0.1:{port}", "OLLAMA_NUM_PARALLEL": "2"}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [str(serve)],
            env=os.environ | own | environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
        )
    server = world.Server(port, process.pid, log)
    try:
        _wait_for(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(END_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def version(server: world.Server) -> tuple[int, ...]:
    with urllib.request.urlopen(f"{server.url}/api/version", timeout=5) as reply:  # noqa: S310 - our own server
        text: str = json.load(reply)["version"]
    return tuple(int(part) for part in text.partition("-")[0].split("."))


def _wait_for(server: world.Server, process: subprocess.Popen[bytes]) -> None:
    ends_s = time.monotonic() + START_LIMIT_S
    while time.monotonic() < ends_s and process.poll() is None:
        try:
            version(server)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server did not start:\n{server.log.read_text(errors='replace')[-2000:]}")


@dataclass(frozen=True)
class Shown:
    """One document of `show --watch --json`, and when it was taken by the clock of the timelines."""

    at_s: float
    document: dict[str, Any]

    @property
    def models(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.document["models"]
        return found

    @property
    def counts(self) -> tuple[int | None, int | None]:
        queue = self.document["queue"]
        return queue["running"], queue["waiting"]


class Watch:
    """What is shown while it lasts."""

    def __init__(self) -> None:
        self.shown: list[Shown] = []

    async def until(self, holds: Callable[[Shown], object]) -> Shown:
        """The first document from now on of which something holds."""
        seen = len(self.shown)
        ends_s = time.monotonic() + SHOWN_LIMIT_S
        while time.monotonic() < ends_s:
            for each in self.shown[seen:]:
                if holds(each):
                    return each
            seen = len(self.shown)
            await asyncio.sleep(0.02)
        raise AssertionError(f"it was never shown; last: {self.shown[-1:]}")


@asynccontextmanager
async def watching(server: world.Server, interval_s: float) -> AsyncIterator[Watch]:
    """`ollama-top show --watch --json` as a process of its own."""
    words = running.command("show", "--watch", "--json", "--host", server.url, "--interval", str(interval_s))
    process = await asyncio.create_subprocess_exec(
        *words, cwd=running.ROOT, stdout=asyncio.subprocess.PIPE, limit=1 << 26
    )
    watch = Watch()
    reading = asyncio.create_task(_read(process, watch))
    try:
        await watch.until(lambda shown: shown.counts != (None, None))
        yield watch
    finally:
        process.terminate()
        await process.wait()
        await reading


async def _read(process: asyncio.subprocess.Process, watch: Watch) -> None:
    assert process.stdout is not None
    behind_s = time.time() - time.monotonic()
    async for line in process.stdout:
        document = json.loads(line)
        taken_at = datetime.fromisoformat(document["taken_at"]).timestamp()
        watch.shown.append(Shown(taken_at - behind_s, document))

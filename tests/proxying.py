"""The proxy as a process of its own, and a monitor that follows its feed."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import monotonic

import ollama_top
from ollama_top.sources.tap import Tap

PACKAGE = Path(ollama_top.__file__).parents[1]


@contextmanager
def proxy(upstream: str, feed: Path | None = None, *more: str) -> Iterator[int]:
    """A proxy on a free port, which it gives, before a server of that address."""
    command = [sys.executable, "-m", "ollama_top", "proxy", "--listen", "127.0.0.1:0"]
    command += [] if feed is None else ["--feed", str(feed)]
    process = subprocess.Popen(
        [*command, "--upstream", upstream, *more],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PACKAGE)},
    )
    with process:
        assert process.stderr is not None
        said = process.stderr.readline()
        try:
            assert "passes everything on" in said, said
            yield int(said.partition(" passes")[0].rpartition(":")[2])
        finally:
            process.terminate()
            process.wait(20)


@asynccontextmanager
async def followed(path: Path) -> AsyncIterator[Tap]:
    """A tap of a feed, for as long as the `with` lasts."""
    following = Tap(path)
    task = asyncio.get_running_loop().create_task(following.follow())
    try:
        yield following
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], object], patience_s: float = 20.0) -> None:
    """Wait for something to hold."""
    ends_s = monotonic() + patience_s
    while not holds():
        assert monotonic() < ends_s, "it does not come"
        await asyncio.sleep(0.01)

"""The simulated server as a process of its own, for as long as something asks it over real connections."""

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from ollama_top.demo.scenarios import DEFAULT
from ollama_top.demo.serve.flags import flags_as_words, parser
from ollama_top.demo.serve.install import install

LISTENING = re.compile(rb"Listening on [^ ]*:(\d+) ")
START_S, END_S = 20.0, 5.0


@asynccontextmanager
async def simulated_server() -> AsyncIterator[int]:
    """The port of a server with the models and the settings of `--demo`; raises OSError without one."""
    settings = DEFAULT.settings
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ollama_top.demo.serve"),
        *("--models", ",".join(each.name for each in DEFAULT.models)),
        env=os.environ
        | {
            "OLLAMA_HOST": "127.0.0.1:0",
            "OLLAMA_NUM_PARALLEL": settings.num_parallel,
            "OLLAMA_CONTEXT_LENGTH": str(settings.context_tokens),
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    reader = process.stderr
    try:
        if reader is None:
            raise OSError("the simulated server has no log")
        async with asyncio.timeout(START_S):
            port = await _port(reader)
        draining = asyncio.create_task(_drain(reader))
        yield port
        draining.cancel()
    finally:
        await _end(process)


@contextmanager
def simulated_program() -> Iterator[str]:
    """A program that serves as `ollama` does, with the models of `--demo`; it is there for the `with`."""
    models = ",".join(each.name for each in DEFAULT.models)
    with tempfile.TemporaryDirectory(prefix="simulated-ollama-") as folder:
        install(Path(folder), flags_as_words(parser().parse_args(["--models", models])))
        yield str(Path(folder) / "ollama")


async def _port(reader: asyncio.StreamReader) -> int:
    while line := await reader.readline():
        if found := LISTENING.search(line):
            return int(found[1])
    raise OSError("the simulated server did not start")


async def _drain(reader: asyncio.StreamReader) -> None:
    """Let its log go: a pipe that nobody reads would halt it."""
    while await reader.read(1 << 16):
        pass


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), END_S)
    except TimeoutError:
        process.kill()
        await process.wait()

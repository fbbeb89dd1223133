"""The safe bench: a server that the sweep starts itself, on a free port of this machine, and ends."""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from ollama_top.apply.watching import answers
from ollama_top.burst.wire import Address
from ollama_top.listening.addresses import LOOPBACK, free_port
from ollama_top.model.sweep import SweepSetting
from ollama_top.ollama.host import Target
from ollama_top.sweep import kept_server
from ollama_top.sweep.bench import BenchError, Stand
from ollama_top.sweep.kept_server import KeptServer
from ollama_top.sweep.surroundings import environment_of

READY_S, ASK_S, AGAIN_S = 120.0, 5.0, 0.1
ATTEMPTS = 3  # another program may take the port between the choice and the start
TAKEN = "address already in use"


@dataclass(slots=True)
class OwnServer:
    """Keeps the promise of a Bench by a keeper process: see `keeper`."""

    program: str
    models: str | None = None  # folder of the models; None for Ollama's default
    title: str | None = None  # what people call the program; None for its path
    server: KeptServer | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """The program."""
        return self.title or self.program

    async def look(self) -> Stand:
        """A server without any settings; raises BenchError."""
        return await self.apply(())

    async def apply(self, settings: Sequence[SweepSetting]) -> Stand:
        """A new server with these settings, the one before ended first; raises BenchError."""
        for attempt in range(1, ATTEMPTS + 1):
            await self.put_back()
            try:
                return await self._started(tuple(settings))
            except BenchError as error:
                if attempt == ATTEMPTS or not any(TAKEN in line for line in error.log):
                    raise
        raise AssertionError("the last attempt returns or raises")

    @property
    def has_ended(self) -> bool:
        """Whether the server has ended by itself."""
        return self.server is not None and self.server.is_over

    async def last_words(self) -> tuple[str, ...]:
        """The last lines of its log; none where there is no server."""
        return await self.server.last_words() if self.server is not None else ()

    async def put_back(self) -> None:
        """End the server, if there is one."""
        server, self.server = self.server, None
        if server is not None:
            await server.stop()

    async def _started(self, settings: tuple[SweepSetting, ...]) -> Stand:
        target = Target("http", LOOPBACK, free_port())
        environment = environment_of(os.environ, settings, f"{target.host}:{target.port}", self.models)
        begun_s = time.monotonic()
        try:
            self.server = await kept_server.start(self.program, environment)
        except OSError as error:
            raise BenchError(f"no process can be started: {error.strerror}") from None
        try:
            async with asyncio.timeout(READY_S):
                await self._ready(self.server, target)
        except TimeoutError:
            raise BenchError(await _why_late(target), await self.server.last_words()) from None
        return Stand(target, Address(target.host, target.port), time.monotonic() - begun_s)

    async def _ready(self, server: KeptServer, target: Target) -> None:
        """Wait until this very server answers: another program may listen there before it does."""
        while not await answers(target.url, ASK_S) or not server.owns(target.port):
            if server.is_over:
                raise BenchError(server.problem or "it ended by itself", server.log)
            await asyncio.sleep(AGAIN_S)


async def _why_late(target: Target) -> str:
    """Why a server was not ready in time."""
    if await answers(target.url, ASK_S):
        return "what answers is no process that it has started, so that nobody could vouch for its end"
    return f"it did not answer within {READY_S:g} s"

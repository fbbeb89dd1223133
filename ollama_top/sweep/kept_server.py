"""A server in the care of a keeper process, as ollama-top sees it: started, ended, its last words.

Must never end the server itself: closing the pipe has the keeper do it, and so does our own end.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

from ollama_top.sweep import keeper

MODULE = "ollama_top.sweep.keeper"
WORDS_S, DYING_S = 2.0, 1.0
STOPPED_S = keeper.STOP_S + keeper.KILLED_S + 5.0
LINE_LIMIT_BYTES = 1 << 20


@dataclass(slots=True)
class KeptServer:
    """One server; for one event loop."""

    process: asyncio.subprocess.Process
    pid: int | None = None
    problem: str | None = None  # why it did not start, or that it ended
    log: tuple[str, ...] = ()
    told: asyncio.Event = field(default_factory=asyncio.Event)  # something new is known
    listening: "asyncio.Task[None] | None" = None

    @property
    def is_over(self) -> bool:
        """Whether it has ended by itself."""
        return self.problem is not None

    def owns(self, port: int) -> bool:
        """Whether it, or what it started, listens on a port; where that cannot be read it is taken to."""
        if self.pid is None:
            return False
        try:
            own = psutil.Process(self.pid)
            found = (each.net_connections("tcp") for each in (own, *own.children(recursive=True)))
            return any(
                each.status == psutil.CONN_LISTEN and each.laddr.port == port for of in found for each in of
            )
        except psutil.AccessDenied:
            return True
        except psutil.NoSuchProcess:
            return False

    async def last_words(self) -> tuple[str, ...]:
        """The last lines of its log; those known before where they are not told in time.

        A server that dies closes its connections first: whoever asks since one was cut is told of its end.
        """
        if not self.is_over and self.process.stdin is not None:
            with suppress(OSError, TimeoutError):
                self.told.clear()
                self.process.stdin.write(b"\n")
                await self.process.stdin.drain()
                await self._news(WORDS_S)
                await self._news(DYING_S)
        return self.log

    async def _news(self, limit_s: float) -> None:
        """Wait for something new; raises TimeoutError."""
        async with asyncio.timeout(limit_s):
            await self.told.wait()
        if not self.is_over:
            self.told.clear()

    async def stop(self) -> None:
        """Have it ended, and wait for that; a keeper that does not come to its end is killed."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            async with asyncio.timeout(STOPPED_S):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()  # which ends the server, on Linux
            await self.process.wait()
        if self.listening is not None:
            await self.listening

    async def listen(self) -> None:
        """Note what the keeper tells, until it has ended."""
        reader = self.process.stdout
        while reader is not None and (line := await reader.readline()):
            self._note(line)
            self.told.set()
        self.problem = self.problem or "its keeper has ended"
        self.told.set()

    def _note(self, line: bytes) -> None:
        try:
            said = json.loads(line)
        except ValueError:
            said = None
        if not isinstance(said, dict):  # Python's own words, where the keeper could not start
            self.log = (*self.log, line.decode(errors="replace").rstrip())[-keeper.LINES :]
            return
        self.pid = said.get("pid", self.pid)
        self.log = tuple(said.get("log", self.log))
        if said.get("ended"):
            self.problem = "it ended by itself"
        elif "failed" in said:
            self.problem = f"it cannot be started: {said['failed']}"


async def start(program: str, environment: Mapping[str, str]) -> KeptServer:
    """Start `program serve` in the care of a keeper; raises OSError."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", MODULE, program),
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=LINE_LIMIT_BYTES,
        start_new_session=True,  # so that no signal of the terminal reaches it
    )
    server = KeptServer(process)
    server.listening = asyncio.create_task(server.listen())
    return server

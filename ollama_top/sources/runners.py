"""The runners' own HTTP, on the loopback: /slots, /props and /health, as far as each kind has them.

A runner answers between two steps of its work, so a long prefill can make it late.
"""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass

from ollama_top.ollama import health, slots
from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.ollama.slots import RunnerProps, SlotReply
from ollama_top.sources.http import Access, Http, HttpError

TIMEOUT_S = 2.0
STILL_LOADING = 503


@dataclass(frozen=True, slots=True)
class SlotsLook:
    """The slots of one runner at one moment, none while it loads, or why they could not be read."""

    at_s: float  # monotonic, when the answer was in; the last good one where there is a problem
    slots: tuple[SlotReply, ...]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class LoadLook:
    """How far a runner is with its load, or why that could not be read."""

    is_ready: bool
    progress: float | None = None  # from 0 to 1, where it tells
    problem: str | None = None


class Runners:
    """Asks runners; a connection lasts one question, so none is mistaken for work."""

    def __init__(self) -> None:
        """Prepare without connecting."""
        self._http = Http("http://", timeout_s=TIMEOUT_S, loopback=True, access=Access(), keep_alive=False)

    async def slots(self, port: int, *, is_cpp: bool = False) -> SlotsLook:
        """The slots of one runner, a C++ server's looking different; a failure is part of the look."""
        parse = slots.parse_cpp_slots if is_cpp else slots.parse_slots
        try:
            body = await self._http.get(f"127.0.0.1:{port}/slots")
            at_s = time.monotonic()
            return SlotsLook(at_s, parse(body))
        except (HttpError, BadReplyError) as error:
            is_loading = isinstance(error, HttpError) and error.status == STILL_LOADING
            problem = None if is_loading else f"the runner on port {port}: {error}"
            return SlotsLook(time.monotonic(), (), problem)

    async def loads(self, ports: Iterable[int]) -> dict[int, LoadLook]:
        """How far several runners are with their loads, by port; a failure stays with its runner."""
        wanted = tuple(ports)
        looks = await asyncio.gather(*map(self._load, wanted))
        return dict(zip(wanted, looks, strict=True))

    async def props(self, port: int) -> RunnerProps:
        """What a runner says of itself; raises HttpError or BadReplyError."""
        return slots.parse_props(await self._http.get(f"127.0.0.1:{port}/props"))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def _load(self, port: int) -> LoadLook:
        try:
            found = health.parse_health(await self._health(port))
            return LoadLook(found.is_ready, found.progress)
        except (HttpError, BadReplyError) as error:
            return LoadLook(is_ready=False, problem=f"the runner on port {port}: {error}")

    async def _health(self, port: int) -> bytes:
        """The answer of /health; a C++ server that loads says how far it is with an error."""
        try:
            return await self._http.get(f"127.0.0.1:{port}/health")
        except HttpError as error:
            if error.status != STILL_LOADING:
                raise
            return error.body

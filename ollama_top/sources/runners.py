"""The runners' own HTTP: /slots and /props of llama-server, on the loopback.

A runner answers between two steps of its work, so a long prefill can make it late.
"""

import time
from dataclasses import dataclass

from ollama_top.ollama import slots
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


class Runners:
    """Asks llama-server runners; a connection lasts one question, so none is mistaken for work."""

    def __init__(self) -> None:
        """Prepare without connecting."""
        self._http = Http("http://", timeout_s=TIMEOUT_S, loopback=True, access=Access(), keep_alive=False)

    async def slots(self, port: int) -> SlotsLook:
        """The slots of one runner; a failure is part of the look."""
        try:
            body = await self._http.get(f"127.0.0.1:{port}/slots")
            at_s = time.monotonic()
            return SlotsLook(at_s, slots.parse_slots(body))
        except (HttpError, BadReplyError) as error:
            is_loading = isinstance(error, HttpError) and error.status == STILL_LOADING
            problem = None if is_loading else f"the runner on port {port}: {error}"
            return SlotsLook(time.monotonic(), (), problem)

    async def props(self, port: int) -> RunnerProps:
        """What a runner says of itself; raises HttpError or BadReplyError."""
        return slots.parse_props(await self._http.get(f"127.0.0.1:{port}/props"))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

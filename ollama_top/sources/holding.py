"""Has a proxy keep new requests back, as while its server restarts: nobody's request fails for it.

Must never leave clients waiting: the proxy lets them go on when the time for it has passed, and as soon as
its feed is closed from here, however this process ends.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

from ollama_top.model.proxy import Held
from ollama_top.sources import tap
from ollama_top.sources.tap import Connection, TapError

LOOK_EVERY_S = 0.05


class NotDrainedError(TapError):
    """Requests are still under way; `held` tells how many."""

    def __init__(self, held: Held, limit_s: float) -> None:
        super().__init__(f"{held.running} requests are still under way after {limit_s:g} s")
        self.held = held


class HoldEndedError(TapError):
    """The time for the hold has passed, and requests go on as they come."""


@asynccontextmanager
async def holding(path: Path, bound_s: float) -> AsyncIterator["Holding"]:
    """Hold as long as the `with` lasts, for `bound_s` at most (600 s); raises TapError.

    Refused where another process holds, or this user may not give orders; the text says which.
    """
    async with tap.connected(path) as feed:
        yield Holding(feed, await tap.order(feed, f"hold {bound_s:g}"))


class Holding:
    """One proxy that holds. Every method raises TapError where the proxy is gone or refuses."""

    def __init__(self, feed: Connection, begun: Held) -> None:
        """Prepare with what the proxy answered; `holding` makes one."""
        self._feed = feed
        self.begun = begun

    async def look(self) -> Held:
        """How the hold stands; once its time has passed, `holding` is false."""
        return await tap.order(self._feed, "look")

    async def extend(self, bound_s: float) -> Held:
        """Hold for `bound_s` at most from now on; holds anew where the time had passed."""
        return await tap.order(self._feed, f"hold {bound_s:g}")

    async def drained(self, limit_s: float) -> Held:
        """Wait until nothing is under way, but over connections in `unheld`, of which that is not known.

        Raises NotDrainedError after `limit_s`, and HoldEndedError where the time for the hold has passed.
        """
        ends_s = monotonic() + limit_s
        while True:
            held = await self.look()
            if not held.holding:
                raise HoldEndedError("the time for holding requests back has passed, and they go on")
            if not held.running:
                return held
            if monotonic() >= ends_s:
                raise NotDrainedError(held, limit_s)
            await asyncio.sleep(LOOK_EVERY_S)

    async def release(self, upstream: str | None = None) -> Held:
        """Let everything go on, over new connections; to `upstream` if the server's address is another now.

        That must be an address of this machine, or have the host of the one before.
        """
        return await tap.order(self._feed, "release" if upstream is None else f"release {upstream}")

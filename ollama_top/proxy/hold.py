"""Keeps new requests back for a while, as when the server is restarted: nobody's request fails for it.

What runs goes on to its end. A client's next request waits in the relay, and a connection to the
server that ends meanwhile is not missed; release dials anew.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ollama_top.proxy.client import ClientSide


@dataclass(frozen=True, slots=True)
class Unheld:
    """A connection whose requests cannot be told apart, so that none can be held back."""

    client: tuple[str, int]
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a hold stands."""

    is_holding: bool
    running: int  # requests under way, which end by themselves; those that are half sent too
    held: int  # clients whose next request waits here
    unheld: tuple[Unheld, ...]


class Hold:
    """Holds and releases all connections of one relay."""

    def __init__(self, clients: "Collection[ClientSide]") -> None:
        self._clients = clients
        self._bound: asyncio.TimerHandle | None = None

    @property
    def is_holding(self) -> bool:
        """Whether new requests are kept back."""
        return self._bound is not None

    @property
    def left_s(self) -> float | None:
        """Until everything is released; None where nothing is held."""
        return None if self._bound is None else self._bound.when() - asyncio.get_running_loop().time()

    @property
    def standing(self) -> Standing:
        """How it stands now."""
        unheld = [Unheld(each.address, each.wire.opaque) for each in self._clients if each.wire.opaque]
        return Standing(
            is_holding=self.is_holding,
            running=sum(each.under_way for each in self._clients),
            held=sum(each.is_held for each in self._clients),
            unheld=tuple(unheld),
        )

    def hold(self, bound_s: float) -> Standing:
        """Keep new requests back, for `bound_s` at most from now on; needs a running loop."""
        if self._bound is not None:
            self._bound.cancel()
        self._bound = asyncio.get_running_loop().call_later(bound_s, self.release)
        for each in tuple(self._clients):
            each.begin_hold()
        return self.standing

    def release(self) -> None:
        """Let everything go on; does nothing where nothing is held."""
        if self._bound is None:
            return
        self._bound.cancel()
        self._bound = None
        for each in tuple(self._clients):
            each.end_hold()

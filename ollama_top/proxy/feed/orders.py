"""What a reader of the feed may ask: to hold new requests back, to let them go on, to end. Pure."""

from dataclasses import dataclass
from typing import Protocol

from ollama_top.ollama.host import Target, parse_target

LONGEST_HOLD_S = 600.0
LONGEST_ORDER_BYTES = 512
KNOWN = "an order is `hold SECONDS`, `look`, `release`, `release ADDRESS` or `stop`"


class OrderError(Exception):
    """A line that asks nothing that can be done; the text says what could be."""


class Asker(Protocol):
    """The reader who asks."""

    @property
    def is_owner(self) -> bool:
        """Whether it is of the proxy's own user, or root's."""

    @property
    def pid(self) -> int | None:
        """Its process; None where the system does not tell."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep new requests back, for so long at most, and no longer than the asker is connected."""

    bound_s: float


@dataclass(frozen=True, slots=True)
class Look:
    """Say how the hold stands."""


@dataclass(frozen=True, slots=True)
class Release:
    """Let everything go on, to another address of the server where one is named."""

    upstream: Target | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """Let go what runs, and end, as at SIGTERM."""


Order = Hold | Look | Release | Stop
WITHOUT_MORE: dict[str, Order] = {"look": Look(), "release": Release(), "stop": Stop()}


def parse_order(line: bytes) -> Order:
    """The order of a line; raises OrderError."""
    words = line.decode(errors="replace").split()
    if len(words) == 1 and words[0] in WITHOUT_MORE:
        return WITHOUT_MORE[words[0]]
    if len(words) == 2 and words[0] == "hold":
        return Hold(_seconds(words[1]))
    if len(words) == 2 and words[0] == "release":
        return Release(_address(words[1]))
    raise OrderError(KNOWN)


def _seconds(word: str) -> float:
    try:
        bound_s = float(word)
    except ValueError:
        bound_s = 0.0
    if not 0 < bound_s <= LONGEST_HOLD_S:
        raise OrderError(f"a hold lasts {LONGEST_HOLD_S:.0f} s at most")
    return bound_s


def _address(word: str) -> Target:
    try:
        return parse_target(word)
    except ValueError as error:
        raise OrderError(f"{error}") from None

"""What a reader of the feed may ask: to hold new requests back, to let them go on, to end. Pure."""

from dataclasses import dataclass

LONGEST_HOLD_S = 600.0
LONGEST_ORDER_BYTES = 64


class OrderError(Exception):
    """A line that asks nothing that can be done; the text says what could be."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep new requests back, for so long at most."""

    bound_s: float


@dataclass(frozen=True, slots=True)
class Release:
    """Let everything go on."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Let go what runs, and end, as at SIGTERM."""


Order = Hold | Release | Stop


def parse_order(line: bytes) -> Order:
    """`hold SECONDS`, `release` or `stop`; raises OrderError."""
    words = line.decode(errors="replace").split()
    if words == ["release"]:
        return Release()
    if words == ["stop"]:
        return Stop()
    if len(words) == 2 and words[0] == "hold":
        return Hold(_seconds(words[1]))
    raise OrderError("an order is `hold SECONDS`, `release` or `stop`")


def _seconds(word: str) -> float:
    try:
        bound_s = float(word)
    except ValueError:
        bound_s = 0.0
    if not 0 < bound_s <= LONGEST_HOLD_S:
        raise OrderError(f"a hold lasts {LONGEST_HOLD_S:.0f} s at most")
    return bound_s

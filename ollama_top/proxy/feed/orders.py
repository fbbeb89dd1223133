"""What a reader of the feed may ask: to hold new requests back, and to let them go on. Pure."""

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


def parse_order(line: bytes) -> Hold | Release:
    """`hold SECONDS` or `release`; raises OrderError."""
    words = line.decode(errors="replace").split()
    if words == ["release"]:
        return Release()
    if len(words) == 2 and words[0] == "hold":
        return Hold(_seconds(words[1]))
    raise OrderError("an order is `hold SECONDS` or `release`")


def _seconds(word: str) -> float:
    try:
        bound_s = float(word)
    except ValueError:
        bound_s = 0.0
    if not 0 < bound_s <= LONGEST_HOLD_S:
        raise OrderError(f"a hold lasts {LONGEST_HOLD_S:.0f} s at most")
    return bound_s

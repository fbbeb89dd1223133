"""How fast a runner writes, by its connections where no two looks at slots saw an answer. Pure.

A runner sends each token to the server as it is written, in a segment of its own, after one for
the head of its reply. Now and then a token is held back or two go together, so what comes of
this is an estimate and must never be told as seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ollama_top.sources.inet_diag import Socket

FIRST_TOKEN = 2  # segments: the head, and a token


@dataclass(frozen=True, slots=True)
class Heard:
    """How far the reply on one connection was at one sight of it."""

    request: int  # bytes asked so far: more of them are the next request
    segments: int
    spoke_at_s: float  # when the newest of them was sent


Sight = Mapping[int, Heard]
"""The connections of one runner at one moment, by cookie."""


def sight(at_s: float, sockets: Sequence[Socket]) -> Sight:
    """The replies under way to one runner's server at a moment."""
    return {
        each.cookie: Heard(each.received_bytes, each.sent_segments, at_s - each.last_sent_ms / 1000)
        for each in sockets
        if each.sent_segments >= FIRST_TOKEN
    }


def tokens_per_s(sights: Sequence[Sight]) -> float | None:
    """The rate of one reply, averaged over all that were seen to go on; None where none was."""
    steps = [step for before, now in pairwise(sights) for step in _steps(before, now)]
    seconds = sum(each for _, each in steps)
    return sum(each for each, _ in steps) / seconds if seconds > 0 else None


def _steps(before: Sight, now: Sight) -> list[tuple[int, float]]:
    """Tokens and seconds, from the newest token at one sight to the newest at the next."""
    both = [(before[each], now[each]) for each in before.keys() & now.keys()]
    return [
        (then.segments - first.segments, then.spoke_at_s - first.spoke_at_s)
        for first, then in both
        if then.request == first.request and then.segments > first.segments
    ]

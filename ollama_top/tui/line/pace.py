"""When the next paint may be sent: once the terminal has taken in the one before.

Behind each paint goes a probe, a question for the cursor's place, which the terminal answers when it gets
there. So a slow line loses paints instead of falling behind, whatever buffers lie between. Pure, but for
the clock that it is given.

Must never hold a paint for good: a terminal that does not answer is not waited for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from time import monotonic

PLACES = 8  # probes are told apart by the column they ask from, so that a late answer is known as late;
#           a screen without room for them is painted without probes
UNHEARD_S = 1.0  # what was told waits so long while no answer has ever come
PATIENCE_S = 5.0  # a paint that has not been answered for so long is not waited for by a key
TRIES = 3  # so many probes without any answer, and no more are sent
PIECE_S = 0.25  # what was told is sent in pieces that hold the line for so long
LEAST_PIECE_BYTES = 200
MEASURABLE_BYTES = 150  # what is smaller says nothing about the line
MOST_DOUBLINGS = 16


class Lane(Enum):
    """Why something is painted; each has one paint under way at the most."""

    ASKED = "a key, or a change of size, asked for it"
    TOLD = "a Frame told it"


@dataclass(slots=True)
class _Sent:
    front: int  # of the probe before it
    place: int  # of the probe behind it
    at_s: float
    size_bytes: int = 0
    begun_s: float | None = None  # when the terminal came to it


class Pace:
    """The paints under way, and what their answers tell about the line."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._under_way: dict[Lane, _Sent] = {}
        self._late: set[int] = set()  # places of probes that were given up
        self._next = 0
        self._is_heard = False
        self._given_up = 0  # probes in a row that were not answered in time
        self._bytes_per_s: float | None = None

    @property
    def is_deaf(self) -> bool:
        """Whether the terminal seems to answer no probes."""
        return not self._is_heard and self._given_up >= TRIES

    def wait_s(self, lane: Lane) -> float:
        """Seconds until a paint of this lane may go if no answer comes; 0 where it may go now."""
        if self.is_deaf:
            return 0.0
        lanes = (lane,) if lane is Lane.ASKED else tuple(Lane)  # what was told makes way for what was asked
        sent_at_s = [self._under_way[each].at_s for each in lanes if each in self._under_way]
        if not sent_at_s:
            return 0.0
        return max(0.0, max(sent_at_s) + self._patience_s(lane) - self._clock())

    def _patience_s(self, lane: Lane) -> float:
        if not self._is_heard:
            return UNHEARD_S if lane is Lane.TOLD else 0.0
        doublings = 0 if lane is Lane.ASKED else min(self._given_up, MOST_DOUBLINGS)
        return PATIENCE_S * (1 << doublings)  # a stalled line gets ever less to catch up with

    def begin(self, lane: Lane) -> str:
        """Note that a paint begins; what to send before it."""
        if (lost := self._under_way.pop(lane, None)) is not None:
            self._given_up += 1
            self._late |= {lost.front, lost.place}
        if self.is_deaf:
            return ""
        self._under_way[lane] = _Sent(self._next_place(), self._next_place(), self._clock())
        return _probe(self._under_way[lane].front)

    def end(self, lane: Lane, size_bytes: int) -> str:
        """Note how large the paint was; what to send behind it."""
        sent = self._under_way.get(lane)
        if sent is None:
            return ""
        sent.size_bytes = size_bytes
        return _probe(sent.place)

    def answer(self, place: int) -> None:
        """Take an answer: the column (the first is 0) that a probe asked from.

        That of a probe that was given up says only that the terminal answers; any other says nothing.
        """
        self._is_heard |= place in self._late
        self._late.discard(place)
        for lane, sent in tuple(self._under_way.items()):
            if place == sent.front:
                sent.begun_s = self._clock()
            elif place == sent.place:
                self._is_heard, self._given_up = True, 0
                self._measure(sent)
                del self._under_way[lane]

    def piece_bytes(self) -> int | None:
        """How much of what was told may go at once; None for all of it."""
        if self._bytes_per_s is None:
            return None
        return max(LEAST_PIECE_BYTES, int(self._bytes_per_s * PIECE_S))

    def _measure(self, sent: _Sent) -> None:
        """The line's rate by the time between the answers around a paint; it rises with care."""
        if sent.begun_s is None or sent.size_bytes < MEASURABLE_BYTES:
            return
        rate = sent.size_bytes / max(1e-4, self._clock() - sent.begun_s)
        known = self._bytes_per_s
        self._bytes_per_s = rate if known is None else min(rate, 2 * known)

    def _next_place(self) -> int:
        self._next = self._next % PLACES + 1
        self._late.discard(self._next)
        return self._next


def _probe(place: int) -> str:
    """Where the hidden cursor is to go, and the question where it is (DSR 6, answered by CPR)."""
    return f"\x1b[1;{place + 1}H\x1b[6n"

"""When each request of a burst was in service, and how many were at once. Pure.

A server that gives statistics says how long it read the prompt and wrote the answer: service began so
long before the end. Of an answer without them it is known from the first piece on, and of embeddings,
which come in one piece, it is taken to have lasted as long as one alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ollama_top.burst.course import Course
from ollama_top.model.burst import BurstOutcome

HELD_SHARE = 0.2  # of the time in which others waited
WHOLE = frozenset({BurstOutcome.ANSWERED, BurstOutcome.NO_STATISTICS})


@dataclass(frozen=True, slots=True)
class Turn:
    """A request that waited, and came to its turn unless it was given up before: moments of one clock."""

    sent_s: float
    start_s: float
    end_s: float

    @property
    def is_served(self) -> bool:
        """Whether it was in service at all."""
        return self.start_s < self.end_s


@dataclass(frozen=True, slots=True)
class Held:
    """How many were in service at once."""

    parallel: int
    mean: float
    has_waited: bool  # whether any request waited for the end of another


def turn_of(course: Course, alone_s: float | None) -> Turn | None:
    """When a request was in service; None where that cannot be told. `alone_s` is what one takes alone."""
    sent_s, end_s = course.sent_s, course.end_s
    if sent_s is None or end_s is None:
        return None
    start_s = _start_s(course, end_s, alone_s)
    return None if start_s is None else Turn(sent_s, min(max(sent_s, start_s), end_s), end_s)


def _start_s(course: Course, end_s: float, alone_s: float | None) -> float | None:
    """When service began: by the statistics, never after the first piece."""
    told = course.statistics
    if told is not None and told.decode_s is not None:
        start_s = end_s - told.decode_s - (told.prefill_s or 0.0)
        return start_s if course.first_s is None else min(start_s, course.first_s)
    if course.first_s is not None and course.first_s < end_s:
        return course.first_s
    if course.first_s is None and course.outcome is BurstOutcome.TIMED_OUT:
        return end_s  # it waited for its turn to the last
    return end_s - alone_s if alone_s is not None and course.outcome in WHOLE else None


def held(turns: Sequence[Turn]) -> Held | None:
    """How many were in service at once while others waited; where none waited, while any were in service.

    None where nothing was in service.
    """
    waiters = [each for each in turns if _has_waited(each, turns)]
    spans = [
        (seconds, number) for seconds, number, is_wait in _steps(turns, waiters) if is_wait or not waiters
    ]
    whole_s = sum(seconds for seconds, _ in spans)
    if whole_s <= 0:
        return None
    mean = sum(seconds * number for seconds, number in spans) / whole_s
    return Held(_most_held(spans, whole_s), mean, bool(waiters))


def _has_waited(turn: Turn, turns: Sequence[Turn]) -> bool:
    """Whether it came to its turn only when another had ended: before that all could be taken at once."""
    others = (each for each in turns if each is not turn and each.is_served)
    return any(turn.sent_s < each.end_s <= turn.start_s for each in others)


def _steps(turns: Sequence[Turn], waiters: Sequence[Turn]) -> Iterator[tuple[float, int, bool]]:
    """Spans in which nothing changed: how long, how many in service, whether one waited for them."""
    moments = sorted({moment for each in turns for moment in (each.sent_s, each.start_s, each.end_s)})
    for begin_s, end_s in pairwise(moments):
        number = sum(each.start_s <= begin_s < each.end_s for each in turns)
        is_wait = any(each.sent_s <= begin_s < each.start_s for each in waiters)
        if number:
            yield end_s - begin_s, number, is_wait


def _most_held(spans: Sequence[tuple[float, int]], whole_s: float) -> int:
    """The largest number that was reached, or passed, for long enough."""
    numbers = sorted({number for _, number in spans}, reverse=True)
    lasted = {least: sum(seconds for seconds, number in spans if number >= least) for least in numbers}
    return next(least for least in numbers if lasted[least] >= HELD_SHARE * whole_s)

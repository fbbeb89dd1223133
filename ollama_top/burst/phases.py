"""Where each request stands, from what is known of it so far. Pure.

From outside waiting and reading the prompt look alike until the server's statistics tell them apart: until
then a request waits, and its lane is put right when it ends.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ollama_top.burst.course import Course, Statistics

UNSEEN_LOAD_S = 0.05  # what Ollama tells of a model that was loaded already is its bookkeeping


class Phase(StrEnum):
    """What happens to a request."""

    WAITING = "waiting"  # for its turn
    LOADING = "loading"  # its model is brought into memory
    PREFILL = "prefill"  # its prompt is read
    DECODE = "decode"  # its answer is written


@dataclass(frozen=True, slots=True)
class Span:
    """A phase from one moment to another."""

    phase: Phase
    begin_s: float
    end_s: float


def spans(course: Course, now_s: float, *, loads: bool) -> tuple[Span, ...]:
    """The phases of a request so far, in order; `loads` says that it has its model loaded first."""
    if course.sent_s is None:
        return ()
    end_s = now_s if course.end_s is None else course.end_s
    told = course.statistics
    if told is None or told.decode_s is None:
        found = _seen(course, course.sent_s, end_s, loads=loads)
    else:
        found = _told(told, told.decode_s, course.sent_s, end_s)
    return tuple(each for each in found if each.end_s > each.begin_s)


def _seen(course: Course, sent_s: float, end_s: float, *, loads: bool) -> Iterator[Span]:
    """By the first piece of the answer alone."""
    first_s = end_s if course.first_s is None else course.first_s
    yield Span(Phase.LOADING if loads else Phase.WAITING, sent_s, first_s)
    yield Span(Phase.DECODE, first_s, end_s)


def _told(told: Statistics, decode_s: float, sent_s: float, end_s: float) -> Iterator[Span]:
    """By the server's statistics, counted back from the end."""
    load_s = told.load_s or 0.0
    decode_at_s = max(sent_s, end_s - decode_s)
    prefill_at_s = max(sent_s, decode_at_s - (told.prefill_s or 0.0))
    loaded_s = min(sent_s + (load_s if load_s > UNSEEN_LOAD_S else 0.0), prefill_at_s)
    yield Span(Phase.LOADING, sent_s, loaded_s)
    yield Span(Phase.WAITING, loaded_s, prefill_at_s)
    yield Span(Phase.PREFILL, prefill_at_s, decode_at_s)
    yield Span(Phase.DECODE, decode_at_s, end_s)

"""What the log brings to a Frame, written by hand: events, lines, and that nothing is known.

Must never look at a clock: every moment follows from `frames.NOW`.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import frames

from ollama_top.model.event import Event, EventKind
from ollama_top.model.finished import Finished
from ollama_top.model.log import LineKind, LogLine
from ollama_top.model.reading import Known, Missing, Source
from ollama_top.model.verdict import Severity


def unknown_finished(why: Missing) -> Finished:
    """Finished requests of which nothing is known."""
    return Finished(why, why, why, why, why, why, why, why)


def event(kind: EventKind, ago_s: float = 10.0, **changes: Any) -> Event:
    """Something that happened to the one model."""
    name = Known("gemma3:270m", Source.API)
    plain = Event(frames.NOW - timedelta(seconds=ago_s), kind, Severity.INFO, name, kind.doc, 1, Source.LOG)
    return replace(plain, **changes)


def line(number: int, text: str = "all is well", **changes: Any) -> LogLine:
    """A line of the server's."""
    at = frames.NOW + timedelta(seconds=number)
    return replace(LogLine(number, at, Severity.OK, LineKind.SERVER, text, "sched.go:728"), **changes)

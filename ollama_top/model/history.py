"""What the last minutes looked like, one point a tick."""

from dataclasses import dataclass
from datetime import datetime

from ollama_top.model.event import EventKind

Series = tuple[float | None, ...]
"""Oldest first; None where the value was missing at that tick."""


MARKED = (
    EventKind.LOAD,
    EventKind.UNLOADED,
    EventKind.SETTINGS,
    EventKind.EVICTED,
    EventKind.RESTART,
    EventKind.BUSY_503,
    EventKind.ERROR,
    EventKind.OUT_OF_MEMORY,
)
"""The events that are marked on the time line, those that matter most last."""

Marks = tuple[EventKind | None, ...]
"""The event of each tick that matters most, oldest first; None where nothing happened."""


@dataclass(frozen=True, slots=True)
class GpuHistory:
    """The load of one card, known by its identity: its number may change."""

    identity: str
    percent: Series


@dataclass(frozen=True, slots=True)
class History:
    """Recent series, of equal length for one server, drawn as plots; not part of the JSON document."""

    tokens_per_s: Series = ()
    waiting: Series = ()
    running: Series = ()
    ticks: tuple[datetime, ...] = ()
    marks: Marks = ()
    gpus: tuple[GpuHistory, ...] = ()

    def gpu_percent(self, identity: str) -> Series:
        """The series of one card; empty where there is none yet."""
        return next((each.percent for each in self.gpus if each.identity == identity), ())

"""What the last minutes looked like, one point a tick."""

from dataclasses import dataclass

Series = tuple[float | None, ...]
"""Oldest first; None where the value was missing at that tick."""


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
    gpus: tuple[GpuHistory, ...] = ()

    def gpu_percent(self, identity: str) -> Series:
        """The series of one card; empty where there is none yet."""
        return next((each.percent for each in self.gpus if each.identity == identity), ())

"""What the last minutes looked like, one point a tick."""

from dataclasses import dataclass

Series = tuple[float | None, ...]
"""Oldest first; None where the value was missing at that tick."""


@dataclass(frozen=True, slots=True)
class History:
    """Recent series, of equal length for one server, drawn as plots; not part of the JSON document."""

    tokens_per_s: Series = ()
    waiting: Series = ()
    running: Series = ()
    gpu_percent: tuple[Series, ...] = ()

"""Percentiles of a few numbers. Pure."""

from collections.abc import Sequence
from math import ceil

from ollama_top.model.burst import Spread
from ollama_top.model.reading import Known, Missing, Reading, Source, Why

NONE_ANSWERED = Missing(Why.FAILED, "no request tells it")


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that so large a share does not exceed; None of no values."""
    ranked = sorted(values)
    if not ranked:
        return None
    return ranked[max(0, ceil(share * len(ranked)) - 1)]


def measured(value: float | None) -> Reading[float]:
    """A value of the burst; missing where there is none."""
    return NONE_ANSWERED if value is None else Known(value, Source.BURST)


def spread(values: Sequence[float]) -> Spread:
    """How values are spread."""
    return Spread(measured(percentile(values, 0.5)), measured(percentile(values, 0.95)))

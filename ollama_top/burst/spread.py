"""How the times and rates of a burst's requests are spread. Pure."""

from collections.abc import Sequence

from ollama_top.engine.percentiles import percentile
from ollama_top.model.burst import Percentiles
from ollama_top.model.reading import Known, Missing, Reading, Source, Why

NONE_ANSWERED = Missing(Why.FAILED, "no request tells it")


def measured(value: float | None) -> Reading[float]:
    """A value of the burst; missing where there is none."""
    return NONE_ANSWERED if value is None else Known(value, Source.BURST)


def at(values: Sequence[float], percent: int) -> Reading[float]:
    """The smallest value that so many of a hundred do not exceed; missing of no values."""
    return measured(percentile(sorted(values), percent) if values else None)


def spread(values: Sequence[float]) -> Percentiles:
    """The middle of some values, and what few exceed."""
    return Percentiles(at(values, 50), at(values, 95))

"""The recent series that the plots draw. Pure; of a fixed length, so of a fixed size."""

from collections.abc import Sequence

from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History, Series
from ollama_top.model.reading import Known, Reading

POINTS = 360


def extend(history: History, snapshot: Snapshot) -> History:
    """The history with one more point; a missing value leaves a gap and never a zero."""
    return History(
        tokens_per_s=_append(history.tokens_per_s, _tokens_per_s(snapshot)),
        waiting=_append(history.waiting, _number(snapshot.queue.waiting)),
        running=_append(history.running, _number(snapshot.queue.running)),
        gpu_percent=_append_each(
            history.gpu_percent, [_number(each.utilization_percent) for each in snapshot.gpus]
        ),
    )


def _tokens_per_s(snapshot: Snapshot) -> float | None:
    """Of all models; a server that cannot be read has none to speak of, which is not none at work."""
    return total([each.tokens_per_s for each in snapshot.models]) if snapshot.server.reachable else None


def total(rates: Sequence[Reading[float]]) -> float | None:
    """The sum of some rates; None when one of them is missing, since the sum would be too small."""
    known = [each.value for each in rates if isinstance(each, Known)]
    return sum(known) if len(known) == len(rates) else None


def _number(reading: Reading[int] | Reading[float]) -> float | None:
    return float(reading.value) if isinstance(reading, Known) else None


def _append(series: Series, point: float | None) -> Series:
    return (*series[-(POINTS - 1) :], point)


def _append_each(columns: tuple[Series, ...], points: Sequence[float | None]) -> tuple[Series, ...]:
    """A card that is gone keeps no series; one that is new starts its own."""
    return tuple(
        _append(columns[index] if index < len(columns) else (), point) for index, point in enumerate(points)
    )

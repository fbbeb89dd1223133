"""The recent series that the plots draw. Pure; of a fixed length, so of a fixed size."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime

from ollama_top.model.event import Event, EventKind
from ollama_top.model.frame import Snapshot
from ollama_top.model.gpu import Gpu
from ollama_top.model.history import MARKED, GpuHistory, History, Marks, Series
from ollama_top.model.reading import Known, Reading

POINTS = 360


def extend(history: History, snapshot: Snapshot) -> History:
    """The history with one more point; a missing value leaves a gap and never a zero.

    A card keeps its series whatever its number becomes; one that is gone keeps none.
    """
    ticks = (*history.ticks[-(POINTS - 1) :], snapshot.taken_at)
    return History(
        ticks=ticks,
        marks=marks(ticks, snapshot.events),
        tokens_per_s=_append(history.tokens_per_s, total_tokens_per_s(snapshot)),
        waiting=_append(history.waiting, number(snapshot.queue.waiting)),
        running=_append(history.running, number(snapshot.queue.running)),
        gpus=tuple(_of_gpu(history, each) for each in snapshot.gpus),
    )


def _of_gpu(history: History, gpu: Gpu) -> GpuHistory:
    percent = number(gpu.utilization_percent)
    return GpuHistory(gpu.identity, _append(history.gpu_percent(gpu.identity), percent))


def marks(ticks: Sequence[datetime], events: Sequence[Event]) -> Marks:
    """What happened in the time that each tick ends; of several events the one that matters most.

    Worked out anew at each look, since a source may tell of an event a look later.
    """
    found: list[EventKind | None] = [None] * len(ticks)
    for event in events:
        at = bisect_left(ticks, event.at)
        if at < len(ticks) and (at > 0 or event.at == ticks[0]) and event.kind in MARKED:
            found[at] = max(found[at], event.kind, key=_weight)
    return tuple(found)


def _weight(kind: EventKind | None) -> int:
    return MARKED.index(kind) if kind is not None else -1


def total_tokens_per_s(snapshot: Snapshot) -> float | None:
    """Of all models; a server that cannot be read has none to speak of, which is not none at work."""
    return total([each.tokens_per_s for each in snapshot.models]) if snapshot.server.reachable else None


def total(rates: Sequence[Reading[float]]) -> float | None:
    """The sum of some rates; None when one of them is missing, since the sum would be too small."""
    known = [each.value for each in rates if isinstance(each, Known)]
    return sum(known) if len(known) == len(rates) else None


def number(reading: Reading[int] | Reading[float]) -> float | None:
    """A reading as a point of a series."""
    return float(reading.value) if isinstance(reading, Known) else None


def _append(series: Series, point: float | None) -> Series:
    return (*series[-(POINTS - 1) :], point)

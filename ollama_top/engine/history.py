"""The recent series that the plots draw. Pure; of a fixed length, so of a fixed size."""

from collections.abc import Sequence

from ollama_top.model.frame import Snapshot
from ollama_top.model.gpu import Gpu
from ollama_top.model.history import GpuHistory, History, Series
from ollama_top.model.reading import Known, Reading

POINTS = 360


def extend(history: History, snapshot: Snapshot) -> History:
    """The history with one more point; a missing value leaves a gap and never a zero.

    A card keeps its series whatever its number becomes; one that is gone keeps none.
    """
    return History(
        tokens_per_s=_append(history.tokens_per_s, _tokens_per_s(snapshot)),
        waiting=_append(history.waiting, _number(snapshot.queue.waiting)),
        running=_append(history.running, _number(snapshot.queue.running)),
        gpus=tuple(_of_gpu(history, each) for each in snapshot.gpus),
    )


def _of_gpu(history: History, gpu: Gpu) -> GpuHistory:
    percent = _number(gpu.utilization_percent)
    return GpuHistory(gpu.identity, _append(history.gpu_percent(gpu.identity), percent))


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

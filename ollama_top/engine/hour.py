"""The last hour's points. Pure; of a fixed size, whatever the interval is."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from ollama_top.engine.history import number, total_tokens_per_s
from ollama_top.engine.percentiles import percentile
from ollama_top.model.curve import Curve
from ollama_top.model.frame import Snapshot
from ollama_top.model.gpu import Gpu
from ollama_top.model.hour import Hour
from ollama_top.model.reading import Known, Reading

SPAN_S = 3600.0
SPACING_S = 2.0
EARLY_S = 0.1  # a look may come a little early
MOST_POINTS = 1800
TTFT_WINDOW = timedelta(seconds=60)
DIGITS = 3


def extend(hour: Hour, snapshot: Snapshot) -> Hour:
    """The hour with one more point, in place of the last one where that is too near to the one before it.

    A value that is missing is none, and never a zero.
    """
    at_s = snapshot.taken_at.timestamp()
    newer = Hour(*[Curve.of((each,)) for each in _point(at_s, snapshot)])
    kept = hour.part(0, len(hour) - 1) if _is_open(hour) else hour
    return within(kept.and_then(newer), at_s)


def within(hour: Hour, at_s: float) -> Hour:
    """The points of the hour before a moment, the newest if there are too many."""
    gone = max(len(hour) - MOST_POINTS, hour.before(at_s - SPAN_S))
    return hour.part(gone) if gone > 0 else hour


def _is_open(hour: Hour) -> bool:
    """Whether the last point stands for a time that is not over."""
    last_s = [each for each in hour.at_s.part(len(hour) - 2) if each is not None]
    return len(last_s) == 2 and last_s[1] - last_s[0] < SPACING_S - EARLY_S


def _point(at_s: float, snapshot: Snapshot) -> Iterator[float | None]:
    """The values of a moment, in the order of the fields of `Hour`."""
    yield round(at_s, DIGITS)
    yield number(snapshot.queue.waiting)
    yield number(snapshot.queue.running)
    yield _rounded(total_tokens_per_s(snapshot))
    yield _vram_bytes(snapshot)
    yield from _gpu_percents(snapshot.gpus)
    yield from _ttft_s(snapshot)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def _vram_bytes(snapshot: Snapshot) -> float | None:
    """In use, of all cards; where there are none to ask, what the server says that models hold."""
    if snapshot.gpus:
        return _sum([each.memory_used_bytes for each in snapshot.gpus])
    return _sum([each.vram_bytes for each in snapshot.models]) if snapshot.server.reachable else None


def _sum(readings: Sequence[Reading[int]]) -> float | None:
    """None as soon as one is missing: the sum would be too small."""
    known = [each.value for each in readings if isinstance(each, Known)]
    return float(sum(known)) if len(known) == len(readings) else None


def _gpu_percents(gpus: Sequence[Gpu]) -> tuple[float | None, float | None]:
    """The mean, and the greatest; of the cards that tell."""
    told = [each.utilization_percent.value for each in gpus if isinstance(each.utilization_percent, Known)]
    return (_rounded(sum(told) / len(told)), _rounded(max(told))) if told else (None, None)


def _ttft_s(snapshot: Snapshot) -> tuple[float | None, float | None]:
    """Half and 95 of 100 of the last minute's; what is in flight and has begun to answer counts too."""
    flying = [each.exchange for each in snapshot.requests if each.exchange is not None]
    since = snapshot.taken_at - TTFT_WINDOW
    found = sorted(
        each.ttft_s.value
        for each in (*snapshot.exchanges, *flying)
        if isinstance(each.ttft_s, Known) and each.began_at + timedelta(seconds=each.ttft_s.value) >= since
    )
    return (_rounded(percentile(found, 50)), _rounded(percentile(found, 95))) if found else (None, None)

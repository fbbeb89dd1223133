"""From what was seen of combinations to what they came to. Pure."""

from collections import Counter
from collections.abc import Sequence
from statistics import median

from ollama_top.burst.analysis import rate_of
from ollama_top.burst.course import Course
from ollama_top.burst.service import WHOLE, Held, Turn, held, turn_of
from ollama_top.burst.spread import at as percentile_at
from ollama_top.burst.spread import measured
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.model.sweep import SweepCombination, SweepPoint
from ollama_top.ollama.families import Release
from ollama_top.ollama.variables import NEW_RUNNERS
from ollama_top.sweep.measure import Memory, Round, Seen

NOT_SEEN = Missing(Why.FAILED, "it was not measured")
NOT_LISTED = Missing(Why.FAILED, "/api/ps did not tell it")
NO_GPU = Missing(Why.ABSENT, "no part of the model lay on a GPU under any of the settings")


def combinations(
    seen: Sequence[Seen], ttft_limit_s: float, release: Release | None
) -> tuple[SweepCombination, ...]:
    """What each came to; all of them, since whether anything spilled is seen by comparing them."""
    has_gpu = any(each.memory.vram_bytes for each in seen)
    return tuple(_combination(each, ttft_limit_s, release, has_gpu=has_gpu) for each in seen)


def _combination(
    seen: Seen, ttft_limit_s: float, release: Release | None, *, has_gpu: bool
) -> SweepCombination:
    levels = sorted({each.at_once for each in seen.rounds})
    by_level = ([each for each in seen.rounds if each.at_once == level] for level in levels)
    served = _served(seen.rounds, levels)
    source = _source(release)
    return SweepCombination(
        settings=seen.settings,
        problem=seen.problem,
        log=seen.log,
        repeats=seen.repeats,
        start_s=_median(seen.starts_s),
        load_s=_median(seen.loads_s),
        size_bytes=_told(seen.memory.size_bytes, source),
        vram_bytes=_told(seen.memory.vram_bytes, source),
        spilled_bytes=spilled(seen.memory, source, has_gpu=has_gpu),
        measured_parallel=Known(served.parallel, Source.BURST) if served else NOT_SEEN,
        measured_is_least=served is not None and not served.has_waited,
        points=tuple(point(each, ttft_limit_s) for each in by_level),
    )


def _source(release: Release | None) -> Source:
    """What /api/ps says of memory is an estimate before 0.30."""
    return Source.API if release is None or release >= NEW_RUNNERS else Source.ESTIMATE


def _told(amount_bytes: int | None, source: Source) -> Reading[int]:
    return NOT_LISTED if amount_bytes is None else Known(amount_bytes, source)


def spilled(memory: Memory, source: Source, *, has_gpu: bool) -> Reading[int]:
    """What of the model lies in RAM though a GPU holds it, or held it under other settings."""
    if memory.size_bytes is None or memory.vram_bytes is None:
        return NOT_LISTED
    if not has_gpu:
        return NO_GPU
    return Known(max(0, memory.size_bytes - memory.vram_bytes), source)


def _median(values: Sequence[float]) -> Reading[float]:
    return Known(median(values), Source.BURST) if values else NOT_SEEN


def point(rounds: Sequence[Round], ttft_limit_s: float) -> SweepPoint:
    """What bursts of one size came to, over all repeats."""
    courses = [course for each in rounds for course in each.courses]
    whole = [each for each in courses if each.outcome in WHOLE]
    firsts = [first_s for each in whole if (first_s := _first_s(each)) is not None]
    rates = [rate for each in rounds if (rate := together(each.courses)) is not None]
    p95 = percentile_at(firsts, 95)
    is_quick = isinstance(p95, Known) and p95.value <= ttft_limit_s
    return SweepPoint(
        at_once=rounds[0].at_once,
        sent=len(courses),
        answered=len(whole),
        tokens_per_s=measured(median(rates) if rates else None),
        least_tokens_per_s=measured(min(rates, default=None)),
        most_tokens_per_s=measured(max(rates, default=None)),
        ttft_p50_s=percentile_at(firsts, 50),
        ttft_p95_s=p95,
        is_usable=is_quick and len(rates) == len(rounds) and len(whole) == len(courses),
    )


def _first_s(course: Course) -> float | None:
    """From its sending to the first piece of its answer."""
    sent_s, first_s = course.sent_s, course.first_s
    return None if sent_s is None or first_s is None else first_s - sent_s


def together(courses: Sequence[Course]) -> float | None:
    """How fast the answered ones of a burst were answered together, in tokens per second."""
    whole = [each for each in courses if each.outcome in WHOLE]
    rate = rate_of(whole, _turns(courses)).together
    return rate.value if isinstance(rate, Known) else None


def _turns(courses: Sequence[Course]) -> list[Turn]:
    return [turn for each in courses if (turn := turn_of(each, None)) is not None]


def _served(rounds: Sequence[Round], levels: Sequence[int]) -> Held | None:
    """How many were served at once, by the largest bursts: as most repeats say, of ties the least."""
    largest = [each for each in rounds if each.at_once == levels[-1]] if levels else []
    found = [one for each in largest if (one := held(_turns(each.courses))) is not None]
    if not found:
        return None
    counts = Counter(each.parallel for each in found)
    most = max(counts.values())
    number = min(parallel for parallel, count in counts.items() if count == most)
    return next(each for each in found if each.parallel == number)

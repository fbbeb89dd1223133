"""Combinations and sweeps written by hand."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import frames

from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.sweep import Sweep, SweepCombination, SweepPoint, SweepSetting
from ollama_top.sweep.axes import Settings, combinations, parse_axes, weight
from ollama_top.sweep.recommend import recommend
from ollama_top.sweep.verdict import verdict

NOT_KNOWN = Missing(Why.FAILED, "not in this test")
GIB = 1 << 30


def parallel(number: int | None) -> Settings:
    return (SweepSetting("OLLAMA_NUM_PARALLEL", None if number is None else str(number)),)


def point(at_once: int, rate: float, spread: float = 0.0, first_s: float = 0.1, **changes: Any) -> SweepPoint:
    """One where all were answered, by default within the limit."""
    plain = SweepPoint(
        at_once=at_once,
        sent=at_once * 3,
        answered=at_once * 3,
        tokens_per_s=Known(rate, Source.BURST),
        least_tokens_per_s=Known(rate - spread / 2, Source.BURST),
        most_tokens_per_s=Known(rate + spread / 2, Source.BURST),
        ttft_p50_s=Known(first_s / 2, Source.BURST),
        ttft_p95_s=Known(first_s, Source.BURST),
        is_usable=first_s <= 5,
    )
    return replace(plain, **changes)


def combination(settings: Settings, points: Sequence[SweepPoint], **changes: Any) -> SweepCombination:
    """One that was measured three times, all of its model on GPUs."""
    plain = SweepCombination(
        settings=settings,
        problem=None,
        log=(),
        repeats=3,
        start_s=Known(1.0, Source.BURST),
        load_s=Known(2.0, Source.BURST),
        size_bytes=Known(2 * GIB, Source.API),
        vram_bytes=Known(2 * GIB, Source.API),
        spilled_bytes=Known(0, Source.API),
        measured_parallel=Known(max((each.at_once for each in points), default=2) // 2 or 1, Source.BURST),
        measured_is_least=False,
        points=tuple(points),
    )
    return replace(plain, **changes)


def sweep(those: Sequence[SweepCombination], words: Sequence[str] = (), **changes: Any) -> Sweep:
    """A sweep of these combinations, with what it comes to; `words` are its axes."""
    axes = parse_axes(words)
    weights = [weight(axes, each, (0, 33, 0)) for each in combinations(axes)][: len(those)]
    best = recommend(those, weights)
    plain = Sweep(
        taken_at=frames.NOW,
        demo=False,
        server="/opt/ollama/bin/ollama",
        version=Known("0.33.0", Source.API),
        model="gemma3:270m",
        answer_tokens=128,
        prompt_tokens=128,
        repeats=3,
        ttft_limit_s=5.0,
        took_s=93.0,
        combinations=tuple(those),
        recommended=best,
        notes=(),
        verdict=verdict(those, best, 5.0),
    )
    return replace(plain, **changes)


def usual() -> list[SweepCombination]:
    """1, 2, 4 and 8 at once: 4 is as fast as 8, and 2 is slower."""
    return [
        combination(parallel(1), [point(1, 50, 1), point(2, 50.2, 1, first_s=2.6)]),
        combination(parallel(2), [point(1, 50, 1), point(2, 84, 2, 0.2), point(4, 85, 2, 2.9)]),
        combination(parallel(4), [point(1, 50, 1), point(4, 110, 3, 0.3), point(8, 112, 3, 4.1)]),
        combination(parallel(8), [point(1, 49, 1), point(8, 113, 3, 0.6), point(16, 114, 3, 8.0)]),
    ]

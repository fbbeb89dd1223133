"""What is kept of a sweep, and how it compares with the last one alike. Pure."""

from collections.abc import Sequence

from ollama_top.model.reading import value_or
from ollama_top.model.sweep import KeptCombination, KeptSweep, Sweep, SweepCombination
from ollama_top.sweep.axes import label
from ollama_top.sweep.plan import Pace
from ollama_top.sweep.recommend import best_point


def kept_of(sweep: Sweep, pace: Pace) -> KeptSweep:
    """What is kept of a sweep; `pace` is how long things took."""
    best = sweep.recommended
    return KeptSweep(
        taken_at=sweep.taken_at,
        model=sweep.model,
        version=value_or(sweep.version, None),
        answer_tokens=sweep.answer_tokens,
        prompt_tokens=sweep.prompt_tokens,
        repeats=sweep.repeats,
        ttft_limit_s=sweep.ttft_limit_s,
        start_s=pace.start_s if pace.is_seen else None,
        wave_s=pace.wave_s if pace.is_seen else None,
        recommended=label(sweep.combinations[best.combination].settings) if best is not None else None,
        certainty=best.certainty.value if best is not None else None,
        combinations=tuple(map(_kept_combination, sweep.combinations)),
    )


def _kept_combination(of: SweepCombination) -> KeptCombination:
    point = best_point(of)
    return KeptCombination(
        settings=label(of.settings),
        problem=of.problem,
        at_once=point.at_once if point is not None else None,
        tokens_per_s=value_or(point.tokens_per_s, None) if point is not None else None,
        ttft_p95_s=value_or(point.ttft_p95_s, None) if point is not None else None,
        vram_bytes=value_or(of.vram_bytes, None),
        measured_parallel=value_or(of.measured_parallel, None),
    )


def last_alike(asked: tuple[str, int, int], kept: Sequence[KeptSweep]) -> KeptSweep | None:
    """The newest one that asked for the same: model, tokens of answers, tokens of prompts."""
    told = ((each.model, each.answer_tokens, each.prompt_tokens) for each in reversed(kept))
    return next((each for each, by in zip(reversed(kept), told, strict=True) if by == asked), None)


def compared(now: KeptSweep, kept: Sequence[KeptSweep]) -> str | None:
    """What the last one alike recommended, in a sentence; None without one."""
    last = last_alike((now.model, now.answer_tokens, now.prompt_tokens), kept)
    if last is None:
        return None
    when = f"The last sweep alike, of {last.taken_at:%Y-%m-%d %H:%M} UTC,"
    if last.recommended is None:
        return f"{when} recommended nothing."
    same = "the same" if last.recommended == now.recommended else last.recommended
    return f"{when} recommended {same} ({last.certainty})."

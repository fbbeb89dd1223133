"""What a sweep means, in a sentence and in an exit code. Pure."""

from collections.abc import Sequence

from ollama_top.columns import formats
from ollama_top.model.reading import Known, Reading, value_or
from ollama_top.model.sweep import Certainty, Recommendation, Sweep, SweepCombination, SweepPoint
from ollama_top.sweep.axes import label
from ollama_top.sweep.recommend import best_point, has_spilled

RECOMMENDED, NONE_FIT, NOT_MEASURED = 0, 1, 2


def code(sweep: Sweep) -> int:
    """0 with a recommendation; 1 where nothing is fit to be recommended; 2 where nothing was measured."""
    if sweep.recommended is not None:
        return RECOMMENDED
    return NONE_FIT if any(each.points for each in sweep.combinations) else NOT_MEASURED


def recommended_values(sweep: Sweep) -> dict[str, str | None] | None:
    """The recommended combination as a profile would set it, by variable; None where there is none.

    A variable without a value is one that is best left unset.
    """
    best = sweep.recommended
    if best is None:
        return None
    return {each.name: each.value for each in sweep.combinations[best.combination].settings}


def verdict(
    combinations: Sequence[SweepCombination], best: Recommendation | None, ttft_limit_s: float
) -> str:
    """The sentence."""
    if best is not None:
        return _recommended(combinations, best, ttft_limit_s)
    measured = [each for each in combinations if each.points]
    if not measured:
        problem = next((each.problem for each in combinations if each.problem), "nothing was tried")
        return f"Nothing could be measured: {problem}."
    return f"No setting is recommended: {_why_none(measured, ttft_limit_s)}."


def _recommended(combinations: Sequence[SweepCombination], best: Recommendation, ttft_limit_s: float) -> str:
    chosen = combinations[best.combination]
    point = best_point(chosen)
    if point is None:
        raise ValueError("a combination without a usable point is never recommended")
    names = ", ".join(label(combinations[at].settings) for at in best.tied)
    return (
        f"{label(chosen.settings)} is best: {formats.rate(value_or(point.tokens_per_s, 0.0))} tokens/s at"
        f" {point.at_once} at once, 95 of 100 first pieces within {_seconds(point.ttft_p95_s)} (limit"
        f" {ttft_limit_s:g} s){_spill(chosen)}. {_sure(best, names)}"
    )


def _spill(chosen: SweepCombination) -> str:
    return ", nothing in RAM that a GPU could hold" if isinstance(chosen.spilled_bytes, Known) else ""


def _sure(best: Recommendation, names: str) -> str:
    """How sure it is."""
    spread = best.spread_tokens_per_s
    within = f"{formats.rate(spread.value)} tokens/s" if isinstance(spread, Known) else "what can be told"
    match best.certainty:
        case Certainty.CLEAR:
            return f"Clear: the others are slower by more than repeats differ ({within})."
        case Certainty.TIE:
            return f"A tie with {names}: they differ by less than repeats do ({within}); it changes least."
        case Certainty.ONCE:
            tie = f" {names} came as near as that tells." if names else ""
            return f"Measured once each, so chance is not ruled out.{tie}"
        case Certainty.ALONE:
            return "No other one was fit to be recommended."


def _why_none(measured: Sequence[SweepCombination], ttft_limit_s: float) -> str:
    fit = [each for each in measured if each.problem is None and best_point(each) is not None]
    if fit and all(map(has_spilled, fit)):
        return "under each of them a part of the model was in RAM that no GPU had room for"
    if all(each.problem is not None for each in measured):
        return "none was measured to its end"
    nearest = min(
        (point for each in measured for point in each.points if isinstance(point.ttft_p95_s, Known)),
        key=_first_s,
        default=None,
    )
    least = f"; the soonest were within {_first_s(nearest):.2f} s" if nearest is not None else ""
    return f"under none were all answered, 95 of 100 first pieces within {ttft_limit_s:g} s{least}"


def _first_s(point: SweepPoint) -> float:
    return value_or(point.ttft_p95_s, 0.0)


def _seconds(reading: Reading[float]) -> str:
    return f"{reading.value:.2f} s" if isinstance(reading, Known) else "an unknown time"

"""Which combination is the best, and how sure that is. Pure.

The best writes most tokens per second at some number of requests at once, with all answered, first pieces
within the limit, and nothing of the model spilled to RAM. What is slower than it by no more than repeats of
the same lie apart is as fast as far as can be told: of those the one is taken that changes least.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ollama_top.burst.spread import measured
from ollama_top.model.reading import Known, value_or
from ollama_top.model.sweep import Certainty, Recommendation, SweepCombination, SweepPoint

CHANCE = 0.02  # of a rate: repeats that agree by luck do not tell smaller differences
Weight = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A combination that can be recommended, at its best."""

    at: int  # its place
    at_once: int
    rate: float  # tokens per second
    spread: float  # between its slowest and its fastest repeat
    repeats: int
    weight: Weight


def best_point(combination: SweepCombination) -> SweepPoint | None:
    """Where a combination writes most within the limit; None where it never does.

    Of numbers at once that write as much, as far as chance lets tell, the smallest: more only wait.
    """
    usable = [each for each in combination.points if each.is_usable and isinstance(each.tokens_per_s, Known)]
    most = max((_rate(each) for each in usable), default=0.0)
    alike = [each for each in usable if _rate(each) >= (1 - CHANCE) * most]
    return min(alike, key=lambda each: each.at_once, default=None)


def _rate(point: SweepPoint) -> float:
    return value_or(point.tokens_per_s, 0.0)


def has_spilled(combination: SweepCombination) -> bool:
    """Whether a part of the model is known to lie in RAM that a GPU could hold."""
    return bool(value_or(combination.spilled_bytes, 0))


def recommend(combinations: Sequence[SweepCombination], weights: Sequence[Weight]) -> Recommendation | None:
    """The best combination; `weights` break ties, the smallest first. None where none is fit for it."""
    candidates = [
        found
        for at, (each, weight) in enumerate(zip(combinations, weights, strict=True))
        if (found := _candidate(at, each, weight)) is not None
    ]
    if not candidates:
        return None
    fastest = max(candidates, key=lambda each: (each.rate, -each.at))
    alike = [each for each in candidates if fastest.rate - each.rate <= tolerance(fastest, each)]
    best = min(alike, key=lambda each: (each.weight, each.at))
    return Recommendation(
        combination=best.at,
        at_once=best.at_once,
        certainty=_certainty(alike, candidates),
        tied=tuple(each.at for each in alike if each is not best),
        spread_tokens_per_s=measured(max(each.spread for each in alike) if best.repeats > 1 else None),
    )


def _candidate(at: int, combination: SweepCombination, weight: Weight) -> Candidate | None:
    point = best_point(combination)
    if point is None or combination.problem is not None or has_spilled(combination):
        return None
    least, most = value_or(point.least_tokens_per_s, 0.0), value_or(point.most_tokens_per_s, 0.0)
    return Candidate(at, point.at_once, _rate(point), most - least, combination.repeats, weight)


def tolerance(one: Candidate, other: Candidate) -> float:
    """Up to which difference two are as fast as far as can be told, in tokens per second."""
    return max(one.spread, other.spread, CHANCE * max(one.rate, other.rate))


def _certainty(alike: Sequence[Candidate], all_of_them: Sequence[Candidate]) -> Certainty:
    if len(all_of_them) == 1:
        return Certainty.ALONE
    if min(each.repeats for each in all_of_them) < 2:
        return Certainty.ONCE
    return Certainty.TIE if len(alike) > 1 else Certainty.CLEAR

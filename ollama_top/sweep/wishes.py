"""What a user asked of a sweep, and whether that can be. Pure."""

import math
from dataclasses import dataclass

from ollama_top.burst import spec
from ollama_top.sweep.axes import Axis
from ollama_top.sweep.plan import MOST_REPEATS, USUAL_REPEATS, USUAL_TTFT_LIMIT_S


@dataclass(frozen=True, slots=True)
class SweepWishes:
    """What a user asked for; None is left to the defaults."""

    axes: tuple[Axis, ...]
    model: str | None = None
    tokens: int = spec.USUAL_TOKENS
    prompt_tokens: int = spec.USUAL_PROMPT_TOKENS
    limit_s: float = spec.USUAL_LIMIT_S  # for one burst
    ttft_limit_s: float = USUAL_TTFT_LIMIT_S
    repeats: int = USUAL_REPEATS


def check(wishes: SweepWishes) -> str | None:
    """What is wrong with what was asked for; None when nothing is."""
    burst = spec.Wishes(tokens=wishes.tokens, prompt_tokens=wishes.prompt_tokens, limit_s=wishes.limit_s)
    problem = spec.check(burst)
    if problem is not None:
        return problem
    if not 1 <= wishes.repeats <= MOST_REPEATS:
        return f"--repeats: {wishes.repeats} is not between 1 and {MOST_REPEATS}"
    if not (math.isfinite(wishes.ttft_limit_s) and wishes.ttft_limit_s > 0):
        return f"--limit-ttft: {wishes.ttft_limit_s} is no number of seconds"
    return None

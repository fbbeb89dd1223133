"""What a sweep will do, and what it measured, as text for a person. 80 columns do."""

import math
import string
from collections.abc import Iterator, Sequence
from textwrap import wrap

from ollama_top.columns import formats
from ollama_top.model.reading import Known, Reading, value_or
from ollama_top.model.sweep import Sweep, SweepCombination, SweepPoint
from ollama_top.model.text import printable
from ollama_top.outputs.rows import aligned
from ollama_top.outputs.scatter import LIMIT, Mark, plot
from ollama_top.sweep import plan as plans
from ollama_top.sweep.axes import UNSET, label
from ollama_top.sweep.plan import Plan
from ollama_top.sweep.recommend import best_point

SIGNS = string.ascii_letters + string.digits + "#@"  # one for each of the most combinations
BEST = ">"
HEADS = ("AT ONCE", "TOK/S", "SPREAD", "FIRST p95", "VRAM", "RAM", "SERVED")
WIDTH, PLOT_HEIGHT, BAR_WIDTH = 80, 11, 10
LOG_LINES = 8


def plan_text(plan: Plan, name: str) -> str:
    """What will be done, and how long it takes about."""
    lines = (piece for line in _plan(plan, name) for piece in wrap(line, WIDTH))
    return "\n".join(map(printable, lines))


def _plan(plan: Plan, name: str) -> Iterator[str]:
    yield f"Sweep of {plan.spec.model} on {name} {plan.version}, which is started anew for each of:"
    for axis in plan.axes:
        shown = (UNSET if each is None else each for each in axis.values)
        yield f"  {axis.variable.name}  {', '.join(shown)}"
    for at, problem in plan.refused.items():
        yield f"left out: {label(plan.combinations[at])}: {problem}"
    at_most = max(max(plan.levels(at)) for at in plan.measurable)
    yield (
        f"{len(plan.measurable)} combinations, {_times(plan.repeats)} each: {plans.bursts(plan)} bursts of up"
        f" to {at_most} at once, {plans.requests(plan)} requests of {plan.spec.tokens} tokens at the most."
    )
    yield _duration(plan)
    yield from (f"note: {each}" for each in plan.notes)


def _times(repeats: int) -> str:
    return "once" if repeats == 1 else f"{repeats} times"


def _duration(plan: Plan) -> str:
    pace = plans.supposed(plan.spec, plan.before)
    about = formats.age(plan_s(plan))
    if pace.is_seen:
        return f"It takes about {about}, as the last sweep of this model went."
    return (
        f"It takes about {about} if a start takes {pace.start_s:.0f} s and a request gets"
        f" {plans.TOKENS_PER_S:.0f} tokens/s; after the first it is known better."
    )


def plan_s(plan: Plan) -> float:
    """How long a sweep takes about, in seconds, before anything was seen."""
    return plans.seconds(
        plan, tuple(plans.visits(plan, is_cheap=True)), plans.supposed(plan.spec, plan.before)
    )


def progress(combination: str, doing: str, share: float, left_s: float, width: int) -> str:
    """How far a sweep is, in one line of at most so many columns."""
    filled = math.floor(share * BAR_WIDTH)
    bar = f"[{'#' * filled}{'-' * (BAR_WIDTH - filled)}]"
    line = f"{bar} {share:4.0%}, about {formats.age(left_s)} left: {doing}, {combination}"
    return line[: max(0, width)]


def as_text(sweep: Sweep, comparison: str | None) -> str:
    """The sentence first, then what is behind it."""
    return "\n".join(map(printable, _lines(sweep, comparison)))


def _lines(sweep: Sweep, comparison: str | None) -> Iterator[str]:
    yield from wrap(f"{'SIMULATED: ' if sweep.demo else ''}{sweep.verdict}", WIDTH)
    yield ""
    version = value_or(sweep.version, "of an unknown release")
    yield from wrap(
        f"{sweep.model} on {sweep.server} {version}: answers of {sweep.answer_tokens} tokens at the most,"
        f" prompts of about {sweep.prompt_tokens}, {_times(sweep.repeats)} each in"
        f" {formats.age(sweep.took_s)}; each at its best within {sweep.ttft_limit_s:g} s:",
        WIDTH,
    )
    yield from _table(sweep)
    yield ""
    yield from _plot(sweep)
    yield from _problems(sweep)
    notes = [f"note: {each}" for each in (*sweep.notes, *_untold(sweep))]
    for each in (*notes, *([comparison] if comparison is not None else [])):
        yield from wrap(each, WIDTH)


def _table(sweep: Sweep) -> Iterator[str]:
    rows = [_row(sweep, at) for at in range(len(sweep.combinations))]
    names = [label(each.settings) for each in sweep.combinations]
    with_names = [(first, name, *rest) for (first, *rest), name in zip(rows, names, strict=True)]
    lines = list(aligned([("", "SETTINGS", *HEADS), *with_names], 2))
    if max(map(len, lines)) <= WIDTH:
        yield from lines
        return
    yield from (f"{first}  {name}" for (first, *_), name in zip(rows, names, strict=True))
    yield from aligned([("", *HEADS), *rows], 1)


def _row(sweep: Sweep, at: int) -> tuple[str, ...]:
    combination, best = sweep.combinations[at], sweep.recommended
    is_best = best is not None and best.combination == at
    return (
        f"{BEST if is_best else ' '}{SIGNS[at]}",
        *_point(combination),
        _size(combination.vram_bytes),
        _size(combination.spilled_bytes),
        f"{'≥' if combination.measured_is_least else ''}{value_or(combination.measured_parallel, '-')}",
    )


def _point(combination: SweepCombination) -> tuple[str, str, str, str]:
    point = best_point(combination)
    if combination.problem is not None:
        return "-", "failed", "-", "-"
    if point is None:
        return "-", _why_unfit(combination), "-", "-"
    spread = value_or(point.most_tokens_per_s, 0.0) - value_or(point.least_tokens_per_s, 0.0)
    shown = formats.rate(spread) if combination.repeats > 1 else "-"
    return str(point.at_once), formats.rate(value_or(point.tokens_per_s, 0.0)), shown, _seconds(point)


def _why_unfit(combination: SweepCombination) -> str:
    if not combination.points:
        return "-"
    is_late = all(each.answered == each.sent for each in combination.points)
    return "too late" if is_late else "errors"


def _seconds(point: SweepPoint) -> str:
    return f"{point.ttft_p95_s.value:.2f} s" if isinstance(point.ttft_p95_s, Known) else "-"


def _size(reading: Reading[int]) -> str:
    return formats.size(reading.value) if isinstance(reading, Known) else "-"


def _plot(sweep: Sweep) -> Iterator[str]:
    lines = plot(_marks(sweep), sweep.ttft_limit_s, WIDTH - 2, PLOT_HEIGHT)
    if not lines:
        return
    yield "tokens/s together"
    yield from lines
    yield f"first piece in s, 95 of 100 (log); {LIMIT} the limit; a point per number at once"
    yield ""


def _marks(sweep: Sweep) -> list[Mark]:
    """The points of all combinations, those of the best last, so that they are seen."""
    best = sweep.recommended.combination if sweep.recommended is not None else -1
    order = sorted(range(len(sweep.combinations)), key=lambda at: at == best)
    return [
        Mark(each.ttft_p95_s.value, each.tokens_per_s.value, SIGNS[at])
        for at in order
        for each in sweep.combinations[at].points
        if isinstance(each.ttft_p95_s, Known) and isinstance(each.tokens_per_s, Known)
    ]


def _problems(sweep: Sweep) -> Iterator[str]:
    for at, each in enumerate(sweep.combinations):
        if each.problem is not None:
            yield f"{SIGNS[at]} {label(each.settings)} failed: {each.problem}"
            yield from (f"    {line}" for line in each.log[-LOG_LINES:])


def _untold(sweep: Sweep) -> Sequence[str]:
    """Why no spill is told, if it is told of none that was measured."""
    spilled = [each.spilled_bytes for each in sweep.combinations if each.points]
    if any(isinstance(each, Known) for each in spilled):
        return ()
    hints = {each.hint for each in spilled if not isinstance(each, Known)}
    return tuple(f"Spill to RAM is not known: {each}." for each in sorted(hints))

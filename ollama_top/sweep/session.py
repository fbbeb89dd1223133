"""Carries a sweep out, on whatever bench it is given: one combination after another, as often as planned.

Must never take one combination's failure for the end of the others.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from statistics import mean

from ollama_top.model.reading import Known, Source
from ollama_top.model.sweep import Sweep
from ollama_top.sweep import analysis, measure
from ollama_top.sweep import plan as plans
from ollama_top.sweep.axes import label, weight
from ollama_top.sweep.bench import Bench, BenchError, Stand
from ollama_top.sweep.measure import Seen
from ollama_top.sweep.plan import Pace, Plan, Visit
from ollama_top.sweep.recommend import recommend
from ollama_top.sweep.verdict import verdict

BROKEN_OFF = "Broken off before all was measured, so that nothing is recommended. So far:"
PROMPTS = 1 << 10  # sets of prompts for each repeat: more than it has bursts


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a sweep is."""

    label: str  # the combination that is measured
    doing: str
    share: float  # of its time, from 0 to 1
    left_s: float
    is_done: bool = False  # whether the combination is done with, for now


Tell = Callable[[Stage], None]


@dataclass(slots=True)
class Session:
    """A sweep under way; for one event loop, and once."""

    bench: Bench
    plan: Plan
    tell: Tell
    is_demo: bool = False
    seen: list[Seen] = field(init=False)
    pace: Pace = field(init=False)  # by what was seen so far
    starts_s: list[float] = field(default_factory=list, init=False)  # each with the load of the model
    waves_s: list[float] = field(default_factory=list, init=False)
    left: tuple[Visit, ...] = field(default=(), init=False)  # this visit and those after it
    stand: Stand | None = field(default=None, init=False)
    applied: int | None = field(default=None, init=False)  # the combination that the server runs with
    taken_at: datetime = field(default_factory=lambda: datetime.now(UTC), init=False)
    begun_s: float = field(default_factory=time.monotonic, init=False)
    asked: int = field(default=0, init=False)  # sets of prompts
    result: Sweep | None = field(default=None, init=False)  # None until all is measured

    def __post_init__(self) -> None:
        self.seen = [Seen(each) for each in self.plan.combinations]
        self.pace = plans.supposed(self.plan.spec, self.plan.before)
        for at, problem in self.plan.refused.items():
            self.seen[at].fail(problem)

    async def carry_out(self) -> Sweep:
        """Measure every combination; one that fails is noted. Cancelling it closes every request."""
        for each, after in self._schedule():
            self.left = (each, *after)
            await self._visit(each)
        self.result = self._sweep()
        return self.result

    def so_far(self) -> Sweep | None:
        """What a sweep that was broken off had measured, without a recommendation; None if nothing."""
        if not any(each.rounds for each in self.seen):
            return None
        return replace(self._sweep(), recommended=None, verdict=BROKEN_OFF)

    def _schedule(self) -> Iterator[tuple[Visit, tuple[Visit, ...]]]:
        """Every visit with those after it. Those of failed combinations are left out."""
        first, *others = plans.visits(self.plan, is_cheap=True)
        yield first, tuple(others)
        _, *others = plans.visits(self.plan, is_cheap=self._is_cheap())
        while others := [each for each in others if self.seen[each.combination].problem is None]:
            yield others[0], tuple(others[1:])
            others = others[1:]

    def _is_cheap(self) -> bool:
        """Whether a start takes no longer than to measure once, by the first visit."""
        if not self.waves_s:
            return True
        return self.starts_s[0] <= plans.CHEAP * self.waves_s[0] * self.plan.waves(self.plan.measurable[0])

    async def _visit(self, visit: Visit) -> None:
        seen = self.seen[visit.combination]
        try:
            stand = await self._ready(visit.combination)
            for turn in range(visit.repeats):
                self.left = (Visit(visit.combination, visit.repeats - turn), *self.left[1:])
                await self._repeat(visit.combination, stand)
            seen.memory = await measure.memory(stand, self.plan.spec.model)
        except BenchError as error:
            seen.fail(*await self._failure(error))
            self.applied = None
        self.left = self.left[1:]
        self._say(visit.combination, seen.problem or "measured", is_done=True)

    async def _failure(self, error: BenchError) -> tuple[str, tuple[str, ...]]:
        """What went wrong, and the server's own words about it."""
        if self.stand is None:
            return f"the server did not start: {error}", error.log
        words = await self.bench.last_words()
        return f"{error}{'; the server ended by itself' if self.bench.has_ended else ''}", words

    async def _ready(self, at: int) -> Stand:
        """The server with the settings of a combination, its model loaded."""
        if self.stand is not None and self.applied == at and not self.bench.has_ended:
            return self.stand
        seen, begun_s = self.seen[at], time.monotonic()
        self._say(at, "starting the server")
        self.stand = self.applied = None
        stand = self.stand = await self.bench.apply(seen.settings)
        self._say(at, "loading the model")
        alone = await measure.load(stand, self.plan, self._prompts())
        self.applied = at
        self.starts_s.append(time.monotonic() - begun_s)
        load_s = measure.load_s_of(alone)
        seen.starts_s += [stand.start_s] if stand.start_s is not None else []
        seen.loads_s += [load_s] if load_s is not None else []
        return stand

    async def _repeat(self, at: int, stand: Stand) -> None:
        seen, begun_s = self.seen[at], time.monotonic()
        turn = f"{seen.repeats + 1} of {self.plan.repeats}"

        def told(at_once: int) -> None:
            self._say(at, f"{at_once} at once, {turn}", is_started=True)

        seen.rounds += await measure.ladder(stand, self.plan, at, self._prompts(), told)
        seen.repeats += 1
        self.waves_s.append((time.monotonic() - begun_s) / self.plan.waves(at))
        self.pace = Pace(mean(self.starts_s), mean(self.waves_s), is_seen=True)

    def _prompts(self) -> int:
        """The number of a set of prompts that none had before."""
        self.asked += 1
        return self.asked * PROMPTS

    def _say(self, at: int, doing: str, *, is_started: bool = False, is_done: bool = False) -> None:
        spent_s = time.monotonic() - self.begun_s
        left_s = plans.seconds(self.plan, self.left, self.pace, is_started=is_started)
        share = spent_s / (spent_s + left_s) if spent_s + left_s > 0 else 1.0
        self.tell(Stage(label(self.plan.combinations[at]), doing, share, left_s, is_done))

    def _sweep(self) -> Sweep:
        plan = self.plan
        combinations = analysis.combinations(self.seen, plan.ttft_limit_s, plan.release)
        weights: Sequence[tuple[float, ...]] = [
            weight(plan.axes, each, plan.release) for each in plan.combinations
        ]
        best = recommend(combinations, weights)
        return Sweep(
            taken_at=self.taken_at,
            demo=self.is_demo,
            server=self.bench.name,
            version=Known(plan.version, Source.API),
            model=plan.spec.model,
            answer_tokens=plan.spec.tokens,
            prompt_tokens=plan.spec.prompt_tokens,
            repeats=plan.repeats,
            ttft_limit_s=plan.ttft_limit_s,
            took_s=time.monotonic() - self.begun_s,
            combinations=combinations,
            recommended=best,
            notes=plan.notes,
            verdict=verdict(combinations, best, plan.ttft_limit_s),
        )

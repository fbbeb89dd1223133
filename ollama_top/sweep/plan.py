"""What a sweep will send, in which order, and how long that takes about. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ollama_top.burst.dialects import Dialect
from ollama_top.burst.spec import Spec
from ollama_top.model.sweep import KeptSweep
from ollama_top.ollama.environment import NUM_PARALLEL
from ollama_top.ollama.families import Release, predict_parallel
from ollama_top.sweep.axes import Axis, Settings

USUAL_REPEATS, MOST_REPEATS = 3, 20
USUAL_TTFT_LIMIT_S = 5.0  # about as long as a person waits for a first word
START_S, TOKENS_PER_S = 10.0, 30.0  # of a server that nothing is known of
UNSAID_PARALLEL = 4  # the most that Ollama chose by itself, before 0.10
CHEAP = 1.0  # of the time that one measuring takes: a start that takes no longer is worth its while


@dataclass(frozen=True, slots=True)
class Plan:
    """A sweep, ready to be carried out."""

    axes: tuple[Axis, ...]
    combinations: tuple[Settings, ...]
    version: str
    release: Release | None
    spec: Spec  # of each burst, but for the number of requests
    repeats: int
    ttft_limit_s: float
    before: KeptSweep | None = None  # the last one alike, to tell how long it takes
    notes: tuple[str, ...] = ()
    refused: Mapping[int, str] = field(default_factory=dict)  # combinations that make no sense here, and why

    def levels(self, at: int) -> tuple[int, ...]:
        """The requests at once that a combination is measured with."""
        return levels(parallel_of(self.combinations[at], self.release, self.spec.held_at_one))

    def waves(self, at: int) -> int:
        """How often as many as are served at once come to an end, in one repeat of a combination."""
        parallel = parallel_of(self.combinations[at], self.release, self.spec.held_at_one)
        return sum(math.ceil(each / parallel) for each in self.levels(at))

    def dialect(self, number: int) -> Dialect:
        """How Ollama is asked in one round: prompts of no two rounds are alike, so that none is cached."""
        return replace(self.spec, salt=self.spec.salt + number).dialect

    @property
    def measurable(self) -> tuple[int, ...]:
        """The combinations that are tried."""
        return tuple(at for at in range(len(self.combinations)) if at not in self.refused)


@dataclass(frozen=True, slots=True)
class Visit:
    """One start of the server: a combination, and how often it is measured before the next."""

    combination: int
    repeats: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take, by what was seen or else supposed."""

    start_s: float  # with the load of the model
    wave_s: float
    is_seen: bool


def parallel_of(settings: Settings, release: Release | None, held_at_one: str | None) -> int:
    """How many requests at once a combination is meant to serve."""
    if held_at_one is not None:
        return 1
    said = next((each.value for each in settings if each.name == NUM_PARALLEL), None)
    return predict_parallel(said, release) or UNSAID_PARALLEL


def levels(parallel: int) -> tuple[int, ...]:
    """1, 2, 4 and so on, up to twice as many as are served at once: then some have to wait."""
    most = 2 * parallel
    return (*(1 << at for at in range((most - 1).bit_length())), most)


def visits(plan: Plan, *, is_cheap: bool) -> Iterator[Visit]:
    """Every start of the server; the first is the same either way, since by it is seen what a start costs.

    Where starts are cheap each combination has its turn in each round, so that what changes with time, such
    as heat, meets them all; the order turns with each round.
    """
    those = plan.measurable
    if not those:
        return
    yield Visit(those[0], 1)
    if not is_cheap:
        rest = (Visit(at, plan.repeats - (at == those[0])) for at in those)
        yield from (each for each in rest if each.repeats)
        return
    yield from (Visit(at, 1) for at in those[1:])
    for turn in range(1, plan.repeats):
        yield from (Visit(at, 1) for at in (reversed(those) if turn % 2 else those))


def supposed(spec: Spec, before: KeptSweep | None) -> Pace:
    """How long things take before any was seen: as the last time, else by a guess."""
    if before is not None and before.start_s is not None and before.wave_s is not None:
        return Pace(before.start_s, before.wave_s, is_seen=True)
    return Pace(START_S, spec.tokens / TOKENS_PER_S, is_seen=False)


def seconds(plan: Plan, left: Sequence[Visit], pace: Pace, *, is_started: bool = False) -> float:
    """How long the visits take about; `is_started` says that the server of the first is there already."""
    waves = sum(each.repeats * plan.waves(each.combination) for each in left)
    return (len(left) - is_started) * pace.start_s + waves * pace.wave_s


def bursts(plan: Plan) -> int:
    """How many bursts are sent."""
    return sum(plan.repeats * len(plan.levels(at)) for at in plan.measurable)


def requests(plan: Plan) -> int:
    """How many requests are sent, the one that loads the model left out."""
    return sum(plan.repeats * sum(plan.levels(at)) for at in plan.measurable)

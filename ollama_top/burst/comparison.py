"""The same bursts to several servers in turn, and what they come to side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from statistics import median

from ollama_top.burst import driver
from ollama_top.burst.analysis import rate_of, work_tokens
from ollama_top.burst.course import Course
from ollama_top.burst.dialects import Completions, Dialect, Generate, Work
from ollama_top.burst.service import WHOLE, turn_of
from ollama_top.burst.spec import Spec
from ollama_top.burst.spread import at, measured
from ollama_top.burst.wire import Address
from ollama_top.model.comparison import Comparison, Contender
from ollama_top.model.reading import Known, Reading

ROUNDS = 3
OTHER_FILE = (
    "Another server most often has another file of the model, another quantisation and another context:"
    " what is compared is the whole of it, not the engine alone."
)
SAME_MACHINE = (
    "Servers on one machine share its GPUs and its memory: each is measured while the others are idle, and"
    " still hold what they have loaded."
)
UNTOLD = "{names} did not say how many tokens were written: pieces of the answer were counted."


@dataclass(frozen=True, slots=True)
class Party:
    """One server: where it is, and what it is asked for."""

    name: str
    url: str
    model: str
    address: Address
    is_ollama: bool

    def dialect(self, spec: Spec, turn: int) -> Dialect:
        """What is sent in one round: the same prompts to all, others in each round."""
        work = Work(self.model, spec.tokens, spec.prompt_tokens, spec.salt + turn)
        return Generate(work, spec.options) if self.is_ollama else Completions(work)


Rounds = tuple[tuple[Course, ...], ...]


async def compare(parties: Sequence[Party], spec: Spec, *, is_demo: bool) -> Comparison:
    """Ask each server once to have its model loaded, then all of them in interleaved rounds.

    The order turns with each round. Cancelling it closes every request.
    """
    taken_at = datetime.now(UTC)
    rounds: dict[str, list[tuple[Course, ...]]] = {each.name: [] for each in parties}
    for party in parties:
        await driver.burst(party.address, party.dialect(spec, ROUNDS), [0], spec.limit_s)
    for turn in range(ROUNDS):
        at = turn % len(parties)
        for party in (*parties[at:], *parties[:at]):
            numbers = range(1, spec.requests + 1)
            courses = await driver.burst(party.address, party.dialect(spec, turn), numbers, spec.limit_s)
            rounds[party.name].append(courses)
    seen = {name: tuple(each) for name, each in rounds.items()}
    return compared(parties, seen, spec, taken_at, is_demo=is_demo)


def compared(
    parties: Sequence[Party], rounds: Mapping[str, Rounds], spec: Spec, taken_at: datetime, *, is_demo: bool
) -> Comparison:
    """What was seen, side by side. Pure."""
    plain = [_contender(party, rounds[party.name]) for party in parties]
    return Comparison(
        taken_at=taken_at,
        demo=is_demo,
        requested=spec.requests,
        answer_tokens=spec.tokens,
        prompt_tokens=spec.prompt_tokens,
        rounds=ROUNDS,
        servers=tuple(replace(each, ratio=_ratio(each, plain[0])) for each in plain),
        caveats=(OTHER_FILE, SAME_MACHINE, *_untold(rounds)),
    )


def _contender(party: Party, rounds: Rounds) -> Contender:
    courses = [each for one in rounds for each in one]
    firsts = [
        each.first_s - each.sent_s for each in courses if each.first_s is not None and each.sent_s is not None
    ]
    return Contender(
        name=party.name,
        url=party.url,
        model=party.model,
        sent=len(courses),
        errors=sum(each.outcome not in WHOLE for each in courses),
        problem=next((each.problem for each in courses if each.problem), None),
        tokens_per_s=measured(_median([_together(each) for each in rounds])),
        ttft_p50_s=at(firsts, 50),
        ttft_p95_s=at(firsts, 95),
        fairness=measured(_median([_fairness(each) for each in rounds])),
        ratio=measured(None),
    )


def _together(courses: Sequence[Course]) -> float | None:
    turns = [turn for each in courses if (turn := turn_of(each, None)) is not None]
    rate = rate_of([each for each in courses if each.outcome in WHOLE], turns).together
    return rate.value if isinstance(rate, Known) else None


def _fairness(courses: Sequence[Course]) -> float | None:
    rates = [
        work_tokens(each) / (each.end_s - each.sent_s)
        for each in courses
        if each.outcome in WHOLE and each.end_s is not None and each.sent_s is not None
    ]
    return min(rates) / max(rates) if rates and max(rates) > 0 else None


def _median(values: Sequence[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return median(known) if known else None


def _ratio(one: Contender, first: Contender) -> Reading[float]:
    mine, theirs = one.tokens_per_s, first.tokens_per_s
    if isinstance(mine, Known) and isinstance(theirs, Known) and theirs.value > 0:
        return measured(mine.value / theirs.value)
    return measured(None)


def _untold(rounds: Mapping[str, Rounds]) -> tuple[str, ...]:
    names = [
        name for name, each in rounds.items() if any(_is_counted(course) for one in each for course in one)
    ]
    return (UNTOLD.format(names=", ".join(names)),) if names else ()


def _is_counted(course: Course) -> bool:
    return course.outcome in WHOLE and (course.statistics is None or course.statistics.tokens is None)

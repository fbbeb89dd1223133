"""From what was seen of the requests to what a burst measured. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ollama_top.burst.configured import configured, effective
from ollama_top.burst.course import ALONE, Course, Statistics
from ollama_top.burst.service import WHOLE, Turn, held, turn_of
from ollama_top.burst.spec import Spec, serves_others
from ollama_top.burst.spread import at, measured, spread
from ollama_top.burst.verdict import verdict
from ollama_top.model.burst import Burst, BurstOutcome, BurstRate, BurstRequest
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, value_or

NOT_TOLD = Missing(Why.UNSUPPORTED, "the reply did not tell it")
TOO_FEW = 2


@dataclass(frozen=True, slots=True)
class Measured:
    """What was seen of a burst, and of the one request before it."""

    taken_at: datetime
    alone: Course | None
    courses: tuple[Course, ...]
    notes: tuple[str, ...] = ()


def analyse(spec: Spec, seen: Measured, before: Frame, after: Frame) -> Burst:
    """What it measured; `before` and `after` are the Frames round it."""
    snapshot = after.snapshot
    turns = turns_of(seen)
    found = held(turns) if _is_enough(spec, seen.courses) else None
    said, rate = configured(before.snapshot), rate_of(seen.courses, turns)
    alone = alone_rate(seen.alone)
    missing = Missing(Why.FAILED, _why_not(spec, seen.courses))
    together = value_or(rate.together, None)
    burst = Burst(
        taken_at=seen.taken_at,
        demo=snapshot.demo,
        server=snapshot.server.url,
        version=snapshot.server.version,
        model=spec.model,
        requested=spec.requests,
        answered=sum(each.outcome in WHOLE for each in seen.courses),
        answer_tokens=spec.tokens,
        prompt_tokens=spec.prompt_tokens,
        configured_parallel=said.number,
        configured_in=said.place,
        effective_parallel=effective(spec.model, before, after, is_held=spec.held_at_one is not None),
        measured_parallel=Known(found.parallel, Source.BURST) if found else missing,
        measured_is_least=found is not None and not found.has_waited,
        mean_in_service=Known(found.mean, Source.BURST) if found else missing,
        queue_s=spread(_known(seen, "queue_s")),
        ttft_s=spread(_known(seen, "ttft_s")),
        tokens_per_s=rate,
        alone_tokens_per_s=measured(alone),
        scaling=measured(together / alone if together and alone else None),
        is_disturbed=serves_others(before) or serves_others(after),
        requests=requests_of(seen),
        notes=(*seen.notes, *_notes(seen.courses)),
        verdict="",
    )
    return replace(burst, verdict=verdict(burst, after.findings, spec.held_at_one))


def turns_of(seen: Measured) -> tuple[Turn, ...]:
    """When each request was in service, of those that tell."""
    alone_s = _alone_s(seen.alone)
    if alone_s is not None:
        alone_s = min((alone_s, *_spans_s(seen.courses)))
    found = (turn_of(each, alone_s) for each in seen.courses)
    return tuple(each for each in found if each is not None)


def _spans_s(courses: Sequence[Course]) -> Iterator[float]:
    """From sending to end, of each that was answered: none can have been in service for longer."""
    for each in courses:
        if each.outcome in WHOLE and each.sent_s is not None and each.end_s is not None:
            yield each.end_s - each.sent_s


def requests_of(seen: Measured) -> tuple[BurstRequest, ...]:
    """The requests as they are published."""
    sent = [each.sent_s for each in seen.courses if each.sent_s is not None]
    return tuple(_request(each, min(sent, default=0.0)) for each in seen.courses)


def _request(course: Course, zero_s: float) -> BurstRequest:
    told = course.statistics or Statistics()
    turn = turn_of(course, None)
    load_s = told.load_s or 0.0
    queue_s = max(0.0, turn.start_s - turn.sent_s - load_s) if turn else None
    ttft_s = _between(course.sent_s, course.first_s)
    return BurstRequest(
        number=course.number,
        outcome=course.outcome or BurstOutcome.CUT,
        problem=course.problem,
        sent_s=_since(course.sent_s, zero_s),
        load_s=_told(told.load_s),
        queue_s=_told(queue_s),
        prefill_s=_told(told.prefill_s),
        ttft_s=_told(ttft_s),
        end_s=_since(course.end_s, zero_s),
        prompt_tokens=NOT_TOLD if told.prompt_tokens is None else Known(told.prompt_tokens, Source.API),
        tokens=_tokens(course),
        tokens_per_s=_told(_own_rate(course, turn)),
    )


def _between(begin_s: float | None, end_s: float | None) -> float | None:
    return None if begin_s is None or end_s is None else end_s - begin_s


def _told(value: float | None) -> Reading[float]:
    return NOT_TOLD if value is None else Known(value, Source.BURST)


def _since(moment_s: float | None, zero_s: float) -> Reading[float]:
    return NOT_TOLD if moment_s is None else Known(moment_s - zero_s, Source.BURST)


def _tokens(course: Course) -> Reading[int]:
    """By the server's count, else one for each piece."""
    if course.statistics is not None and course.statistics.tokens is not None:
        return Known(course.statistics.tokens, Source.API)
    return Known(course.pieces, Source.ESTIMATE)


def work_tokens(course: Course) -> int:
    """Tokens written; of an embedding, those of its prompt."""
    told = course.statistics
    if told is not None and told.decode_s is None and told.tokens is None:
        return told.prompt_tokens or 0
    return value_or(_tokens(course), 0)


def _own_rate(course: Course, turn: Turn | None) -> float | None:
    """Tokens per second from its first to its last, as far as it lasted."""
    told = course.statistics
    if told is not None and told.decode_s and told.tokens:
        return told.tokens / told.decode_s
    if turn is None or course.outcome not in WHOLE or turn.end_s <= turn.start_s:
        return None
    return work_tokens(course) / (turn.end_s - turn.start_s)


def rate_of(courses: Sequence[Course], turns: Sequence[Turn]) -> BurstRate:
    """How fast they were answered."""
    each = [rate for course in courses if (rate := _own_rate(course, turn_of(course, None)))]
    took_s = took(turns)
    tokens = sum(work_tokens(course) for course in courses if course.outcome in WHOLE)
    together = tokens / took_s if took_s and tokens else None
    return BurstRate(at(each, 50), measured(together))


def took(turns: Sequence[Turn]) -> float | None:
    """From the first sending to the last end of one that was served."""
    ends_s = [each.end_s for each in turns if each.is_served]
    return max(ends_s) - min(each.sent_s for each in turns) if ends_s else None


def _alone_s(alone: Course | None) -> float | None:
    """How long the one request before took, the load of its model left out."""
    if alone is None or alone.outcome not in WHOLE or alone.sent_s is None or alone.end_s is None:
        return None
    load_s = (alone.statistics.load_s or 0.0) if alone.statistics else 0.0
    return max(0.0, alone.end_s - alone.sent_s - load_s)


def alone_rate(alone: Course | None) -> float | None:
    """How fast that request was answered."""
    seconds = _alone_s(alone)
    return work_tokens(alone) / seconds if alone is not None and seconds and work_tokens(alone) else None


def _known(seen: Measured, name: str) -> list[float]:
    """A value of the requests that were answered."""
    answered = (each for each in requests_of(seen) if each.outcome in WHOLE)
    return [reading.value for each in answered if isinstance(reading := getattr(each, name), Known)]


def _is_enough(spec: Spec, courses: Sequence[Course]) -> bool:
    """Whether there is enough to tell a number from: two, and half of those that were sent."""
    answered = sum(each.outcome in WHOLE for each in courses)
    return answered >= max(TOO_FEW, spec.requests / 2)


def _why_not(spec: Spec, courses: Sequence[Course]) -> str:
    if spec.requests < TOO_FEW:
        return "one request does not tell how many are served at once"
    failed = Counter(each.outcome for each in courses if each.outcome not in WHOLE)
    if not failed:
        return "nothing was seen in service"
    problem = next((each.problem for each in courses if each.problem), None)
    if all(each.number == ALONE for each in courses):
        why = f"{_counted(failed)}{f': {problem}' if problem else ''}"
        return f"the request that is sent alone first was not answered ({why}), so no other was sent"
    answered = sum(each.outcome in WHOLE for each in courses)
    return (
        f"{answered} of {spec.requests} were answered ({_counted(failed)}{f': {problem}' if problem else ''})"
    )


def _counted(outcomes: "Counter[BurstOutcome | None]") -> str:
    return ", ".join(f"{number} {_word(outcome)}" for outcome, number in outcomes.items())


def _word(outcome: BurstOutcome | None) -> str:
    return outcome.value.replace("_", " ") if outcome else "unfinished"


def _notes(courses: Sequence[Course]) -> Iterator[str]:
    failed = Counter(each.outcome for each in courses if each.outcome not in WHOLE)
    if failed:
        problem = next((each.problem for each in courses if each.problem), None)
        yield f"Not answered: {_counted(failed)}{f' ({problem})' if problem else ''}."
    without = sum(each.outcome is BurstOutcome.NO_STATISTICS for each in courses)
    if without:
        yield f"{without} ended without statistics: Ollama ends an answer that repeats itself."

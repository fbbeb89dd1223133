"""Requests that were refused, since too many wait for models to be loaded."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import count_of, running_evidence, setting
from ollama_top.doctor.lately import MINUTES, ago, lately, model_of, told
from ollama_top.model.event import Event, EventKind
from ollama_top.model.finding import Evidence, Fix, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Known, Source, value_or
from ollama_top.model.verdict import Severity

NAME = "OLLAMA_MAX_QUEUE"
USUAL = 512  # Ollama's default in every version that reads the variable
SHOWN = 3  # moments that are told
ROUNDING = timedelta(seconds=1)  # the log tells the end of a request in whole seconds


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    refusals = lately(snapshot, EventKind.BUSY_503)
    number = _number(refusals, snapshot)
    if not number:
        return
    load = next((each for refusal in reversed(refusals) for each in _loads_at(refusal, snapshot)), None)
    fix = _longer(snapshot)
    when = f", the last {ago(refusals[-1], snapshot)}" if refusals else ""
    is_one = number == 1
    yield Found(
        title=f"{number} {'request was' if is_one else 'requests were'} answered 503, server busy{when}",
        cause=_cause(load, is_short=fix is not None),
        evidence=tuple(_evidence(number, refusals, load, snapshot)),
        fix=fix,
        settle=None if fix or load else "whether models were being loaded then, and how many were asked for",
        subject=NAME,
    )


def _number(refusals: Sequence[Event], snapshot: Snapshot) -> int:
    """How many were refused; those before the server's start count no more."""
    number = sum(each.count for each in refusals)
    is_new = bool(lately(snapshot, EventKind.RESTART))
    return number if is_new else max(number, value_or(snapshot.finished.busy, 0))


def _loads_at(refusal: Event, snapshot: Snapshot) -> Iterator[Event]:
    """The loads that were under way when a request was refused."""
    over = (EventKind.LOADED, EventKind.ERROR, EventKind.OUT_OF_MEMORY)
    for load in lately(snapshot, EventKind.LOAD):
        ends = (each.at for each in lately(snapshot, *over) if model_of(each) == model_of(load))
        end = next((each for each in ends if each >= load.at), None)
        if load.at <= refusal.at + ROUNDING and (end is None or refusal.at <= end + ROUNDING):
            yield load


def _longer(snapshot: Snapshot) -> Fix | None:
    """A longer queue where it was made shorter than Ollama's own."""
    each = setting(snapshot, NAME)
    limit = count_of(each, snapshot)
    is_set = each is not None and isinstance(each.running, Known)
    return to_set(**{NAME: str(USUAL)}) if is_set and limit is not None and limit < USUAL else None


def _cause(load: Event | None, *, is_short: bool) -> str:
    if load is None:
        start = f"More requests waited for a model to be loaded than {NAME} allows"
    else:
        name = model_of(load) or "a model"
        start = f"While {name} was being loaded, more requests came than {NAME} lets wait"
    return f"{start}, and that is less than Ollama's own {USUAL}." if is_short else f"{start}."


def _evidence(
    number: int, refusals: Sequence[Event], load: Event | None, snapshot: Snapshot
) -> Iterator[Evidence]:
    for each in refusals[-SHOWN:]:
        yield told(each, snapshot, "answered 503")
    if not refusals:
        yield Evidence(f"{number} of the last {MINUTES} minutes' answers were 503", Source.LOG)
    if load is not None:
        yield told(load, snapshot, f"the load of {model_of(load) or 'a model'} began")
    limit = setting(snapshot, NAME)
    if limit is not None:
        yield running_evidence(snapshot, limit)


CHECK = Check("queue-full", "requests that were answered 503, server busy", Severity.WARNING, _look)

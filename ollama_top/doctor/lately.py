"""What happened to the server in the last minutes, as the events of a Snapshot tell. Pure.

What happened before the server was started is left out: it may have been mended by that.
"""

from collections.abc import Sequence
from datetime import timedelta

from ollama_top.columns import formats
from ollama_top.model.event import Event, EventKind
from ollama_top.model.finding import Evidence
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Known, Source

MINUTES = 5
WINDOW = timedelta(minutes=MINUTES)
FAILED = frozenset({EventKind.ERROR, EventKind.OUT_OF_MEMORY})
OUTCOMES = FAILED | {EventKind.LOAD, EventKind.LOADED}


def lately(snapshot: Snapshot, *kinds: EventKind) -> tuple[Event, ...]:
    """The events of these kinds in the last five minutes and since the server's start, the oldest first."""
    recent = [each for each in snapshot.events if each.at >= snapshot.taken_at - WINDOW]
    starts = [at for at, each in enumerate(recent) if each.kind is EventKind.RESTART]
    return tuple(each for each in recent[starts[-1] if starts else 0 :] if each.kind in kinds)


def loads(snapshot: Snapshot) -> tuple[Event, ...]:
    """The loads of models whose names are known, the oldest first; those that failed are left out.

    The log tells of a load when it begins; where it is not read, one is seen when it is done.
    """
    events = lately(snapshot, *OUTCOMES)
    begun = [(at, each) for at, each in enumerate(events) if _is_load(each)]
    return tuple(each for at, each in begun if not _has_failed(each, events[at + 1 :]))


def model_of(event: Event) -> str | None:
    """The model that it happened to; None where that is not known."""
    return event.model.value if isinstance(event.model, Known) else None


def ago(event: Event, snapshot: Snapshot) -> str:
    """How long ago it happened, such as `12s ago`."""
    return f"{formats.age((snapshot.taken_at - event.at).total_seconds())} ago"


def told(event: Event, snapshot: Snapshot, what: str) -> Evidence:
    """When and how often it happened, as evidence."""
    times = f", {event.count} times within seconds" if event.count > 1 else ""
    return Evidence(f"{ago(event, snapshot)}: {what}{times}", event.source)


def _is_load(event: Event) -> bool:
    is_begun = event.kind is EventKind.LOAD
    is_seen = event.kind is EventKind.LOADED and event.source is Source.API
    return (is_begun or is_seen) and model_of(event) is not None


def _has_failed(load: Event, later: Sequence[Event]) -> bool:
    """Whether the next word on its model is that something went wrong."""
    return next((each.kind for each in later if model_of(each) == model_of(load)), None) in FAILED

"""Models that came and went between two looks at /api/ps, since the log does not tell that one goes. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from ollama_top.model.event import Event, EventKind
from ollama_top.model.reading import Known, Source
from ollama_top.model.verdict import Severity
from ollama_top.sources.api import ApiLook

MOST = 200


@dataclass(frozen=True, slots=True)
class Comings:
    """The models listed at the last look, and the events that followed from all looks so far."""

    at_s: float | None = None  # of the look at the API; None before the first
    names: frozenset[str] = frozenset()
    events: tuple[Event, ...] = ()


def watch(last: Comings, api: ApiLook | None, taken_at: datetime, *, log_tells: bool) -> Comings:
    """The comings and goings at a new look at the API; where the log tells of loads, they are left to it."""
    if api is None or api.at_s == last.at_s:
        return last
    names = frozenset(each.name for each in api.models)
    if last.at_s is None:
        return replace(last, at_s=api.at_s, names=names)
    gone, come = sorted(last.names - names), sorted(names - last.names)
    events = [_event(taken_at, EventKind.UNLOADED, name, "it is in memory no longer") for name in gone]
    if not log_tells:
        events += [_event(taken_at, EventKind.LOADED, name, "it is in memory now") for name in come]
    return Comings(api.at_s, names, (*last.events, *events)[-MOST:])


def _event(at: datetime, kind: EventKind, name: str, text: str) -> Event:
    return Event(at, kind, Severity.INFO, Known(name, Source.API), text, 1, Source.API)

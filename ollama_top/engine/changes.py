"""Variables of the server that were changed between two looks, as events. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ollama_top.model.event import Event, EventKind
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.model.setting import Setting
from ollama_top.model.verdict import Severity

MOST = 50
NO_MODEL = Missing(Why.ABSENT, "it is a variable of the whole server")
Values = Mapping[str, str | None]
"""What is known of variables by their names; None where they are not set."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The variables as they were last known, and the events that followed from all looks so far."""

    running: Values = field(default_factory=dict)
    configured: Values = field(default_factory=dict)
    events: tuple[Event, ...] = ()


def notice(last: Changes, settings: Sequence[Setting], taken_at: datetime) -> Changes:
    """What a new look shows; a variable that cannot be read is as it was."""
    running = {each.name: value for each in settings for value in _told(each.running)}
    configured = {each.name: value for each in settings for value in _told(each.configured)}
    events = [
        *_events(last.configured, configured, taken_at, "the next start gets", Source.SERVICE),
        *_events(last.running, running, taken_at, "the server runs with", Source.PROCESSES),
    ]
    return Changes(
        {**last.running, **running}, {**last.configured, **configured}, (*last.events, *events)[-MOST:]
    )


def _told(reading: Reading[str]) -> Iterator[str | None]:
    if isinstance(reading, Known):
        yield reading.value
    elif reading.why is Why.ABSENT:
        yield None


def _events(was: Values, now: Values, at: datetime, who: str, source: Source) -> Iterator[Event]:
    for name, value in now.items():
        if name in was and was[name] != value:
            text = f"{who} {_said(name, value)}; before {_said(name, was[name])}"
            yield Event(at, EventKind.SETTINGS, Severity.INFO, NO_MODEL, text, 1, source)


def _said(name: str, value: str | None) -> str:
    return f"{name} unset" if value is None else f"{name}={value}"

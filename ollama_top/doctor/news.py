"""Which findings are worth a call to somebody who does not look: bad ones, seen twice, and new. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ollama_top.model.finding import Finding

QUIET = timedelta(minutes=10)  # one that comes back sooner is no news
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What has been told, and what holds now."""

    seen_at: Mapping[Key, datetime] = field(default_factory=dict)  # when each was last there
    holding: tuple[Finding, ...] = ()  # all that would be worth a call, the worst first


def news(told: Told, findings: Sequence[Finding], at: datetime) -> tuple[Told, tuple[Finding, ...]]:
    """What is known after one more look, and the findings to tell of."""
    holding = tuple(each for each in findings if each.is_alarming)
    recent = {key: seen_at for key, seen_at in told.seen_at.items() if at - seen_at < QUIET}
    new = tuple(each for each in holding if (each.id, each.subject) not in recent)
    return Told(recent | {(each.id, each.subject): at for each in holding}, holding), new

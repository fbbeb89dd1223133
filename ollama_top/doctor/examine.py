"""All checks at one Snapshot: what could be better, the worst first. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.checks import CHECKS
from ollama_top.model.finding import Confidence, Finding
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.verdict import Severity

Key = tuple[str, str]  # the check and its subject, which tell finds apart
Since = Mapping[Key, datetime]
ORDER = tuple(Severity)  # least first


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of all checks."""

    findings: tuple[Finding, ...]  # the worst first
    since: Since  # when each find was first made, also of those that have not lasted long enough to be told


def examine(
    snapshot: Snapshot,
    history: History,
    before: Since = MappingProxyType({}),
    checks: Iterable[Check] = CHECKS,
) -> Examined:
    """The findings of a Snapshot; `before` is the `since` of the look before it.

    What lasts as long as its check wants is told, and what was there at the last look is confirmed.
    """
    found = [(check, each) for check in checks for each in check.look(snapshot, history)]
    since = {_key(*each): before.get(_key(*each), snapshot.taken_at) for each in found}
    findings = [
        _finding(check, each, is_known=_key(check, each) in before)
        for check, each in found
        if (snapshot.taken_at - since[_key(check, each)]).total_seconds() >= check.lasts_s
    ]
    return Examined(worst_first(findings), since)


def _key(check: Check, found: Found) -> Key:
    return check.id, found.subject


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings by severity; equal ones in the order of their checks."""
    return tuple(sorted(findings, key=lambda each: -ORDER.index(each.severity)))


def _finding(check: Check, found: Found, *, is_known: bool) -> Finding:
    return Finding(
        id=check.id,
        subject=found.subject,
        severity=found.severity or check.severity,
        confidence=Confidence.CONFIRMED if is_known else Confidence.ONCE,
        title=found.title,
        cause=found.cause,
        evidence=found.evidence,
        fix=found.fix,
        settle=found.settle,
    )


def worth_acting_on(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Those that are more than information."""
    return (each for each in findings if ORDER.index(each.severity) > ORDER.index(Severity.INFO))

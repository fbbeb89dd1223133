"""All checks at one Snapshot: what could be better, the worst first. Pure."""

from collections.abc import Iterable, Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.checks import CHECKS
from ollama_top.model.finding import Confidence, Finding
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.verdict import Severity

ORDER = tuple(Severity)  # least first


def examine(
    snapshot: Snapshot, history: History, before: Iterable[Finding], checks: Iterable[Check] = CHECKS
) -> tuple[Finding, ...]:
    """The findings of a Snapshot; one that was among those `before` is confirmed."""
    known = {(each.id, each.subject) for each in before}
    found = [
        _finding(check, each, is_known=(check.id, each.subject) in known)
        for check in checks
        for each in check.look(snapshot, history)
    ]
    return worst_first(found)


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

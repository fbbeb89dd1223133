"""Somebody is called once for what is bad, and new."""

from datetime import timedelta

import frames
import pytest

from ollama_top.doctor.news import QUIET, Told, news
from ollama_top.model.finding import Confidence, Finding
from ollama_top.model.verdict import Severity

NOW = frames.NOW


def finding(name: str = "queue_full", subject: str = "", **changes: object) -> Finding:
    plain = {
        "severity": Severity.WARNING,
        "confidence": Confidence.CONFIRMED,
        "title": "The queue is full.",
        "cause": "Because.",
        "evidence": (),
        "fix": None,
        "settle": None,
    }
    return Finding(id=name, subject=subject, **{**plain, **changes})  # type: ignore[arg-type]


def told(*looks: tuple[float, tuple[Finding, ...]]) -> list[list[str]]:
    """What is told at each look, given its second and what was found."""
    state, found = Told(), []
    for at_s, findings in looks:
        state, new = news(state, findings, NOW + timedelta(seconds=at_s))
        found.append([f"{each.id}{each.subject}" for each in new])
    return found


def test_what_is_found_is_told_once_for_as_long_as_it_holds() -> None:
    bad = (finding(),)
    assert told(*[(at_s, bad) for at_s in range(0, 7200, 60)]) == [["queue_full"], *[[]] * 119]


def test_what_comes_back_soon_is_no_news_and_what_comes_back_late_is() -> None:
    soon, late = QUIET.total_seconds() - 1, 2 * QUIET.total_seconds() + 1
    bad = (finding(),)
    looks = ((0.0, bad), (2.0, ()), (soon, bad), (soon + 2, ()), (late + 2, bad))
    assert told(*looks) == [["queue_full"], [], [], [], ["queue_full"]]


def test_another_subject_is_another_finding() -> None:
    both = (finding(subject="a"), finding(subject="b"))
    assert told((0, both[:1]), (2, both)) == [["queue_fulla"], ["queue_fullb"]]


@pytest.mark.parametrize("calm", [Severity.OK, Severity.INFO])
def test_what_is_not_bad_calls_nobody(calm: Severity) -> None:
    assert told((0, (finding(severity=calm),))) == [[]]


def test_what_was_seen_once_waits_for_the_next_look() -> None:
    once = finding(confidence=Confidence.ONCE)
    assert told((0, (once,)), (2, (finding(),))) == [[], ["queue_full"]]


def test_what_is_long_gone_is_forgotten() -> None:
    state, _ = news(Told(), [finding(subject=str(each)) for each in range(100)], NOW)
    state, _ = news(state, (), NOW + 2 * QUIET)
    assert state == Told()

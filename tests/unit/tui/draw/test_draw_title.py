"""The title of the window: the verdict in few words, and how much alarms."""

from dataclasses import replace
from typing import Any

import frames
import pytest

from ollama_top.model.finding import Confidence, Finding
from ollama_top.model.verdict import Severity, Verdict
from ollama_top.tui.draw.verdict import TITLE_CELLS, window_title
from ollama_top.tui.view import View

END = " - ollama-top"


def finding(severity: Severity, confidence: Confidence) -> Finding:
    return Finding("queue_full", "", severity, confidence, "The queue is full.", "Because.", (), None, None)


def title(verdict: str, *findings: Finding, **changes: Any) -> str:
    frame = replace(frames.frame(), verdict=Verdict(Severity.WARNING, verdict), findings=findings)
    return window_title(View(frame, "here", 2.0, **changes))


CALM = (
    finding(Severity.WARNING, Confidence.ONCE),
    finding(Severity.INFO, Confidence.CONFIRMED),
)
ALARMING = (
    finding(Severity.WARNING, Confidence.CONFIRMED),
    finding(Severity.ERROR, Confidence.CONFIRMED),
)


def test_before_the_first_look_it_says_so() -> None:
    view = View(None, "here", 2.0)
    assert window_title(view) == f"waiting for the first look at here{END}"


@pytest.mark.parametrize(
    ("findings", "count"), [((), ""), (CALM, ""), (ALARMING, "[2!] "), ((*CALM, *ALARMING), "[2!] ")]
)
def test_what_rings_the_bell_is_counted_before_the_verdict(findings: tuple[Finding, ...], count: str) -> None:
    assert title("2 wait: the server serves 2 at once", *findings) == f"{count}2 wait{END}"


@pytest.mark.parametrize("changes", [{"trouble": "the feed has ended"}, {"silent_s": 40.0}])
def test_what_held_before_the_news_ended_is_counted_no_more(changes: dict[str, Any]) -> None:
    assert not title("2 wait", *ALARMING, **changes).startswith("[")


def test_it_stays_short() -> None:
    long = title("word " * 40, *ALARMING)
    assert long.startswith("[2!] word word")
    assert len(long) <= TITLE_CELLS + len(END)

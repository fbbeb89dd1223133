"""Pulling: how far it is, in words, and what ending it leaves."""

from dataclasses import replace

import frames
import pytest
from control_doings import asked, taken

from ollama_top.control.follow import can_end, ended, ending_costs, outcome, said
from ollama_top.control.pull import RESUMED, plan, told
from ollama_top.model.action import Progress, Pull

EMPTY = frames.frame()
PULL = Pull("gemma3:270m")
MIB = 1 << 20


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress("pulling manifest"), "pulling manifest"),
        (Progress("pulling 735af2139dc6", 0, 240 * MIB), "layer 735af2139dc6  0/240M 0%"),
        (
            Progress("pulling 735af2139dc6", 120 * MIB, 240 * MIB, 8.0 * MIB),
            "layer 735af2139dc6  120/240M 50%  8.0M/s",
        ),
        (Progress("verifying sha256 digest"), "verifying sha256 digest"),
    ],
)
def test_progress_in_words(progress: Progress, text: str) -> None:
    assert told(progress) == text


def test_the_line_of_a_pull_tells_what_and_how_far() -> None:
    doing = replace(asked(PULL, EMPTY), progress=Progress("pulling manifest"))
    assert said(doing, EMPTY) == "pulling gemma3:270m  pulling manifest"


def test_the_plan_says_what_is_kept_when_it_is_ended() -> None:
    assert RESUMED in plan("gemma3:270m").costs
    assert RESUMED in ending_costs(asked(PULL, EMPTY))
    assert can_end(asked(PULL, EMPTY))
    assert ended(asked(PULL, EMPTY)).text == "Ended: pulling gemma3:270m."


def test_a_pull_that_the_feed_has_proved_is_done_at_the_next_frame() -> None:
    assert outcome(asked(PULL, EMPTY), EMPTY) is None
    found = outcome(taken(PULL, EMPTY), EMPTY)
    assert found is not None
    assert found.text == "gemma3:270m is installed; L loads it."

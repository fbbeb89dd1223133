"""A burst as lines: lanes, the sentence, those before it."""

from datetime import timedelta

import bursts
import frames
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.burst.course import Course
from ollama_top.burst.events import Begun, Ended, Failed, Moved
from ollama_top.columns.cell import Role
from ollama_top.model.burst import BurstOutcome
from ollama_top.tui.burststand import BurstStand, follow
from ollama_top.tui.draw.burst import axis_s, body, title

BEGUN = Begun(bursts.MODEL, 4, 60, is_demo=False, loads=False)


def text(stand: BurstStand, width: int = 80) -> list[str]:
    return ["".join(cell.text for cell in line).rstrip() for line in body(stand, width)]


def told(*events: Begun | Moved | Ended | Failed) -> BurstStand:
    stand = BurstStand()
    for each in events:
        stand = follow(stand, each)
    return stand


def test_before_anything_is_sent_it_says_so() -> None:
    assert title(BurstStand()) == "Burst: looking at the server"
    stand = told(Begun(bursts.MODEL, 4, 60, is_demo=True, loads=False))
    assert title(stand) == "Burst: SIMULATED 4 at once to gemma3:270m, 60 tokens each at the most"
    assert "One request alone first" in text(stand)[0]


def test_each_request_has_a_lane_of_what_it_does() -> None:
    whole = bursts.course(1, 0, 2)
    cut = Course(3, 0.0, 1.0, 1.5, outcome=BurstOutcome.CUT, problem="gone")
    stand = told(BEGUN, Moved(2.0, (bursts.course(0, 0, 1), whole, Course(2, 0.0), cut)))
    lines = text(stand)
    assert lines[0].strip().startswith("1 of 3 are not answered yet.")
    lane = next(line for line in lines if line.startswith("     1 "))
    assert lane.count("█") > 40
    assert "60 tokens" in lane
    waiting = next(line for line in lines if line.startswith("     2 "))
    assert "·" * 45 in waiting
    assert "█" not in waiting
    assert next(line for line in lines if line.startswith("     3 ")).endswith("✗ cut")


def test_while_a_model_is_loaded_the_first_lane_says_so() -> None:
    stand = told(Begun(bursts.MODEL, 4, 60, is_demo=False, loads=True), Moved(2.0, (Course(0, 0.0),)))
    assert "▒▒▒▒" in next(line for line in text(stand) if line.strip().startswith("alone"))


@pytest.mark.parametrize(("code", "role"), [(0, Role.GOOD), (1, Role.WARNING), (2, Role.ERROR)])
def test_the_sentence_has_the_colour_of_what_it_means(code: int, role: Role) -> None:
    stand = told(BEGUN, Ended(code, "4 configured", ("a note",), bursts.kept(), (bursts.kept(),)))
    assert body(stand, 80)[0][1].role is role
    assert "a note" in " ".join(text(stand))


def test_those_before_are_listed_the_newest_first() -> None:
    before = bursts.kept(taken_at=frames.NOW - timedelta(days=1), measured_parallel=1, scaling=None)
    stand = told(BEGUN, Ended(0, "4 configured", (), bursts.kept(), (before, bursts.kept())))
    rows = [line for line in text(stand) if line.strip().startswith("2026-")]
    assert [row.split()[4] for row in rows] == ["4", "1"]
    assert rows[1].split()[-1] == "-"


def test_a_failure_is_told_in_its_own_words() -> None:
    assert text(told(Failed("no model is installed")))[0] == " Could not be measured: no model is installed"


@given(st.floats(0, 10_000))
def test_the_axis_holds_all_and_is_not_much_longer(seconds: float) -> None:
    end_s = axis_s(seconds)
    assert seconds <= end_s
    assert end_s <= max(1.0, seconds * 1.6)


@given(st.integers(1, 200), st.floats(0, 1000))
def test_lines_are_as_wide_as_the_screen(width: int, now_s: float) -> None:
    stand = told(BEGUN, Moved(now_s, (bursts.course(0, 0, 1), *bursts.waves(2, 6), Course(7, 0.0))))
    assert all(sum(len(cell.text) for cell in line) == width for line in body(stand, width))

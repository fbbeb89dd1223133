"""Events stand on the curve of tokens a second, at the tick in which they happened."""

from dataclasses import replace

import frames
import pytest

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.model.event import EventKind
from ollama_top.model.history import MARKED, History
from ollama_top.tui.draw.history import MARKS, history
from ollama_top.tui.view import View

FLAT = (1.0,) * 120


def drawn(marks: tuple[EventKind | None, ...], size: tuple[int, int]) -> list[Line]:
    """A minute that begins evenly, so that plots show their newest point."""
    past = History(FLAT, FLAT, FLAT, marks=marks)
    taken_at = frames.NOW.replace(second=0)
    return history(View(replace(frames.frame(history=past, taken_at=taken_at)), "", 2.0), *size)


def signs(line: Line) -> list[Cell]:
    return [cell for cell in line if cell in MARKS.values()]


def test_every_event_on_the_time_line_has_a_sign_of_its_own() -> None:
    assert set(MARKS) == set(MARKED)
    assert len({cell.text for cell in MARKS.values()}) == len(MARKS)


def test_a_spark_shows_what_matters_at_its_place() -> None:
    marks = (*(None,) * 110, EventKind.BUSY_503, *(None,) * 4, EventKind.LOAD, *(None,) * 4)
    (line,) = drawn(marks, (120, 1))
    assert signs(line) == [Cell("!", Role.ERROR)], "loads are left to the plots"
    text = "".join(cell.text for cell in line)
    spark = text[text.index("█") : text.index("waiting")].strip()
    assert len(spark) - spark.index("!") == 10


@pytest.mark.parametrize("shown", [EventKind.LOAD, EventKind.EVICTED])
def test_a_plot_shows_events_in_its_upper_line_two_ticks_to_a_sign(shown: EventKind) -> None:
    head, top, *rest = drawn((*(None,) * 116, shown, None, None, None), (200, 6))
    assert signs(top) == [MARKS[shown]]
    assert not any(map(signs, (head, *rest)))


def test_of_two_events_the_one_that_matters_more_is_shown() -> None:
    lines = drawn((*(None,) * 118, EventKind.LOAD, EventKind.OUT_OF_MEMORY), (200, 6))
    assert signs(lines[1]) == [MARKS[EventKind.OUT_OF_MEMORY]]


def test_without_events_the_curves_are_as_before() -> None:
    assert drawn((None,) * 120, (200, 6)) == drawn((), (200, 6))

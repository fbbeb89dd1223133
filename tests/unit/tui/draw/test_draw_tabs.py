"""The strip of hosts: all of them can be reached, the one in front is in it, and no line is too wide."""

from dataclasses import replace

import pytest
import troubles
from hypothesis import given
from hypothesis import strategies as some

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.model.verdict import Severity
from ollama_top.tui.draw.fit import width_of
from ollama_top.tui.draw.tabs import mark_of, tab_at, tabs_line
from ollama_top.tui.draw.verdict import MARKS
from ollama_top.tui.tabs import Tab, Tabs
from ollama_top.tui.view import View

GOOD = Cell("✓", Role.GOOD)


def tabs(names: list[str], front: int = 0) -> Tabs:
    return Tabs(tuple(Tab(name, GOOD) for name in names), front)


def text(line: Line) -> str:
    return "".join(cell.text for cell in line)


def in_front(line: Line) -> str:
    return "".join(cell.text for cell in line if cell.role is Role.HEADER_FOCUSED)


def test_each_host_has_its_number_its_mark_and_its_name() -> None:
    line = tabs_line(tabs(["gpu-box", "me@other"], 1), 40)
    assert text(line).rstrip() == " ✓ 1 gpu-box  ✓ 2 me@other"
    assert in_front(line) == " 2 me@other "


@pytest.mark.parametrize("width", [20, 80, 200])
def test_twenty_long_names_are_all_reached_and_say_where_there_are_more(width: int) -> None:
    names = [f"a-machine-of-a-long-name-{number:02}.example.com" for number in range(20)]
    seen = set()
    for front in range(20):
        line = text(tabs_line(tabs(names, front), width))
        assert line.startswith("< ") == (" 1 " not in line)
        assert line.endswith(" >") or front > 10
        seen.add(line)
    assert len(seen) > 1
    assert len({text(tabs_line(tabs(names, front), 200)).rstrip() for front in range(3)}) == 1, "it jumps"


def test_the_last_page_is_full() -> None:
    names = [f"host{number}" for number in range(10)]
    assert text(tabs_line(tabs(names, 9), 60)).count("✓") == text(tabs_line(tabs(names, 0), 60)).count("✓")


@given(
    some.lists(some.text(max_size=40), min_size=1, max_size=25), some.integers(0, 24), some.integers(0, 130)
)
def test_a_line_of_any_names_has_its_width_and_its_clicks_meet_its_tabs(
    names: list[str], front: int, width: int
) -> None:
    front %= len(names)
    line = tabs_line(tabs(names, front), width)
    assert width_of(line) == width
    met = [tab_at(tabs(names, front), width, column) for column in range(width)]
    assert all(each is None or 0 <= each < len(names) for each in met)
    if width >= 40:
        assert front in met


def test_the_mark_is_the_verdicts_also_where_nothing_comes() -> None:
    view = View(None, "box", 2.0)
    assert mark_of(view).text == "○"
    assert mark_of(replace(view, trouble="refused")) == MARKS[Severity.ERROR]
    assert mark_of(replace(view, silent_s=40.0)) == MARKS[Severity.WARNING]
    assert mark_of(replace(view, frame=troubles.unreachable())) == MARKS[Severity.ERROR]
    assert len({each.text for each in MARKS.values()}) == len(MARKS), "colour alone tells them apart"

"""Only what changed is sent again."""

from textual.geometry import Region

from ollama_top.columns.cell import Cell, Role
from ollama_top.tui.widgets.panel import changed

LINE = (Cell("one "), Cell("two ", Role.NAME), Cell("three"))


def test_lines_as_before_cost_nothing() -> None:
    assert changed([LINE, LINE], [LINE, LINE]) == []


def test_a_line_is_sent_up_to_where_it_changed() -> None:
    other = (Cell("one "), Cell("TWO ", Role.NAME), Cell("three"))
    assert changed([LINE, LINE], [LINE, other]) == [Region(0, 1, 8, 1)]


def test_another_role_is_a_change() -> None:
    assert changed([LINE], [(Cell("one ", Role.FAINT), *LINE[1:])]) == [Region(0, 0, 4, 1)]


def test_lines_that_come_or_go_are_sent_whole() -> None:
    assert changed([LINE], []) == [Region(0, 0, 13, 1)]
    assert changed([], [LINE]) == [Region(0, 0, 13, 1)]


def test_a_line_of_another_length_is_sent_whole() -> None:
    assert changed([LINE], [LINE[:2]]) == [Region(0, 0, 13, 1)]


def test_wide_characters_count_as_they_are_drawn() -> None:
    assert changed([(Cell("日本"), Cell("x"))], [(Cell("本日"), Cell("x"))]) == [Region(0, 0, 4, 1)]

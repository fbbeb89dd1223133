"""The line of a replay says that it is one, and where in time."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recordings import BEGAN

from ollama_top.columns.cell import Role
from ollama_top.record.replay import ReplayStand
from ollama_top.tui.draw.fit import width_of
from ollama_top.tui.draw.replay import bar, number_at, replay_line


def stand(number: int, count: int, bad: dict[int, int] | None = None) -> ReplayStand:
    severities = bytes((bad or {}).get(each, 0) for each in range(count))
    at, end = (BEGAN + timedelta(seconds=2 * each) for each in (number, count - 1))
    return ReplayStand(number, count, at, BEGAN, end, 4.0, is_playing=False, severities=severities)


def text(line: object) -> str:
    return "".join(cell.text for cell in line)  # type: ignore[attr-defined]


def test_it_says_what_it_is_and_when_it_was() -> None:
    said = text(replay_line(stand(30, 61), 80))
    assert f" REPLAY {BEGAN.astimezone() + timedelta(minutes=1):%a %d %b %H:%M:%S} " in said
    assert "‖ 4x" in said
    assert "31/61  1m left" in said


@given(st.integers(1, 50_000), st.data(), st.integers(1, 200))
def test_it_fills_the_line_and_shows_the_place_once(count: int, data: st.DataObject, width: int) -> None:
    line = replay_line(stand(data.draw(st.integers(0, count - 1)), count), width)
    assert width_of(line) == width
    assert text(line).count("●") <= 1


@pytest.mark.parametrize(("number", "column"), [(0, 0), (500, 9), (999, 19)])
def test_the_ends_of_the_bar_are_the_ends_of_the_recording(number: int, column: int) -> None:
    assert text(bar(stand(number, 1000), 20)).index("●") == column


def test_a_moment_of_trouble_is_seen_however_short_it_was() -> None:
    cells = bar(stand(0, 43_200, {20_000: 3}), 40)
    assert [cell.role for cell in cells].count(Role.ERROR) == 1


@given(st.integers(2, 50_000), st.integers(60, 200), st.data())
def test_a_click_goes_to_what_the_column_shows(count: int, width: int, data: st.DataObject) -> None:
    shown = stand(data.draw(st.integers(0, count - 1)), count)
    column = text(replay_line(shown, width)).find("●")
    if column < 0:
        return
    number = number_at(shown, width, column)
    assert number is not None
    assert abs(number - shown.number) <= count / text(replay_line(shown, width)).count("─") + 1


@pytest.mark.parametrize("column", [0, 5, 79])
def test_a_click_beside_the_bar_goes_nowhere(column: int) -> None:
    assert number_at(stand(3, 100), 80, column) is None

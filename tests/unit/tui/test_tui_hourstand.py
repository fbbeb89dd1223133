"""Where a user stands in the last hour."""

from dataclasses import replace

import frames
import hours
import log_frames
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.model.event import EventKind
from ollama_top.model.hour import Hour
from ollama_top.tui.hourstand import SPANS_S, HourStand, cursor_of, gathered, grid_of, move, to_event, zoom

HOUR = hours.hour()
NOW_S = frames.NOW.timestamp()
SPANS = st.sampled_from(SPANS_S)
COLUMNS = st.integers(1, 200)


@given(SPANS, COLUMNS)
def test_the_newest_point_is_in_the_last_column(span_s: float, columns: int) -> None:
    grid = grid_of(NOW_S, HourStand(span_s), columns)
    assert grid.column(NOW_S) == columns - 1
    assert grid.column(grid.begin_s(0)) in {0, 1}  # a step may be no whole number in binary
    assert grid.column(grid.begin_s(0) - grid.step_s) is None


def test_columns_stay_while_their_time_goes_on() -> None:
    begins = {grid_of(NOW_S + after_s, HourStand(), 64).begin for after_s in range(200)}
    assert len(begins) <= 5  # they are 56 s wide


def test_every_value_is_in_its_column_and_a_gap_is_empty() -> None:
    grid = grid_of(NOW_S, HourStand(), 60)
    found = gathered(HOUR, HOUR.waiting, grid)
    assert 1800 - len(hours.GAP) - 30 <= sum(map(len, found)) <= 1800 - len(hours.GAP)
    assert any(not each for each in found[1:-1])


@given(SPANS, COLUMNS, st.lists(st.integers(-300, 300), max_size=8))
def test_the_cursor_stays_on_the_plots(span_s: float, columns: int, steps: list[int]) -> None:
    stand = HourStand(span_s)
    grid = grid_of(NOW_S, stand, columns)
    for step in steps:
        before = cursor_of(stand, grid)
        stand = move(stand, grid, step)
        assert abs(cursor_of(stand, grid) - max(0, min(columns - 1, before + step))) <= 0


def test_at_the_right_edge_it_stays_with_the_newest() -> None:
    grid = grid_of(NOW_S, HourStand(), 60)
    left = move(HourStand(), grid, -1)
    assert left.cursor_s is not None
    assert move(left, grid, 1).cursor_s is None


def test_a_moment_that_is_drawn_no_more_is_at_the_edge() -> None:
    stand = replace(HourStand(), cursor_s=NOW_S - 7200)
    assert cursor_of(stand, grid_of(NOW_S, stand, 60)) == 0


def test_it_goes_from_event_to_event() -> None:
    events, stand, found = hours.events(), HourStand(), []
    grid = grid_of(NOW_S, stand, 60)
    for _ in range(12):
        stand = to_event(stand, grid, events, forward=False)
        assert stand.cursor_s is not None
        found.append(round(NOW_S - stand.cursor_s))
    assert found[:3] == [120, 690, 1599]
    assert found[-1] == 3300
    assert to_event(stand, grid, events, forward=True).cursor_s == pytest.approx(NOW_S - 2500)


def test_without_another_event_it_stays() -> None:
    grid = grid_of(NOW_S, HourStand(), 60)
    old = log_frames.event(EventKind.LOAD, 9000)
    assert to_event(HourStand(), grid, (old,), forward=False) == HourStand()


def test_more_and_less_is_drawn() -> None:
    assert [zoom(HourStand(), by).span_s for by in (-1, 0, 1, -9)] == [1800, 3600, 3600, 600]


def test_before_the_first_point_there_is_nothing() -> None:
    grid = grid_of(NOW_S, HourStand(), 10)
    assert gathered(Hour(), Hour().waiting, grid) == [[]] * 10

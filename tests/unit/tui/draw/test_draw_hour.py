"""The plots of the last hour: what is drawn is what was seen."""

from dataclasses import replace

import frames
import hours
import log_frames
import pytest
import scenes
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.columns.cell import Line
from ollama_top.engine.assemble_log import MOST_EVENTS
from ollama_top.model.curve import Curve
from ollama_top.model.event import EventKind
from ollama_top.model.frame import Frame
from ollama_top.model.hour import Hour
from ollama_top.tui.draw.fit import width_of
from ollama_top.tui.draw.hour import GUTTER, PLOTS, hour_lines
from ollama_top.tui.hourstand import HourStand

SIZE = (80, 22)
NEWEST = HourStand()
NOW_S = frames.NOW.timestamp()


def texts(frame: Frame, stand: HourStand = NEWEST, size: tuple[int, int] = SIZE) -> list[str]:
    return ["".join(cell.text for cell in line) for line in hour_lines(frame, stand, size)]


def line_of(lines: list[str], label: str) -> int:
    return next(at for at, line in enumerate(lines) if line.startswith(f" {label}"))


@given(st.integers(1, 300), st.integers(1, 100), st.booleans())
def test_it_keeps_to_its_room(width: int, height: int, is_empty: bool) -> None:
    lines: list[Line] = hour_lines(scenes.idle() if is_empty else hours.past(), HourStand(), (width, height))
    assert len(lines) <= height
    assert {width_of(line) for line in lines} == {width}


def test_at_80x24_six_plots_have_three_rows() -> None:
    lines = texts(hours.past())
    assert len(lines) == 22
    assert [line_of(lines, each.label) for each in PLOTS[:6]] == [0, 3, 6, 9, 12, 15]


def test_where_there_is_room_all_are_drawn() -> None:
    lines = texts(hours.past(), size=(200, 48))
    assert all(line_of(lines, each.label) >= 0 for each in PLOTS)


def test_the_value_at_the_cursor_stands_below_the_name() -> None:
    none = Curve.of([None, None])
    hour = Hour(Curve.of([NOW_S - 600, NOW_S]), Curve.of([7.0, 3.0]), *[none] * 7)
    frame = replace(frames.frame(), hour=hour)
    assert texts(frame)[1].split()[0].startswith("3")
    assert texts(frame, HourStand(cursor_s=NOW_S - 600))[1].split()[0].startswith("7")
    assert texts(frame, HourStand(cursor_s=NOW_S - 300))[1].split()[0].startswith("-")


def test_what_nothing_tells_is_said_and_not_drawn() -> None:
    lines = texts(replace(frames.frame(), hour=Hour(*[Curve.of([None])] * 9)))
    assert "only a proxy tells it" in lines[line_of(lines, "TTFT p95")]
    assert "no GPU tells its load" in lines[line_of(lines, "GPU")]
    assert "nothing tells it" in lines[line_of(lines, "waiting")]


def test_a_gap_is_empty() -> None:
    lines = texts(hours.past())
    begin, end = (GUTTER + 64 * at // 1800 for at in (hours.GAP.start + 30, hours.GAP.stop - 30))
    assert {line[begin:end].strip() for line in lines[:15]} == {""}


def test_the_greatest_of_a_time_is_drawn_and_not_lost() -> None:
    waiting = [0.0] * 1799 + [0.0]
    waiting[900] = 50.0
    hour = replace(hours.hour(), waiting=Curve.of(waiting))
    assert "50▕" in texts(replace(hours.past(), hour=hour))[0]


def test_memory_is_drawn_against_what_there_is() -> None:
    lines = texts(hours.past())
    assert "48.0G▕" in lines[line_of(lines, "VRAM")]


def test_events_are_marked_and_told_under_the_cursor() -> None:
    lines = texts(hours.past(), HourStand(cursor_s=NOW_S - 1600))
    assert [sign for sign in lines[18][GUTTER:] if not sign.isspace()] == ["R", "L", "S", "!", "M", "U"]
    told = " ".join(texts(hours.past(), HourStand(cursor_s=NOW_S - 1600), (120, 22))[-2:])
    assert "503" in told
    assert "(4 times)" in told
    assert "other models were let go" in told


def test_no_event_is_said_too() -> None:
    assert "nothing happened that is known" in texts(hours.past())[-2]


def test_a_time_whose_events_are_forgotten_is_marked() -> None:
    many = tuple(log_frames.event(EventKind.LOAD, 1200 - each) for each in range(MOST_EVENTS))
    frame = hours.past()
    crowded = replace(frame, snapshot=replace(frame.snapshot, events=many))
    assert texts(crowded)[18][GUTTER:].startswith("┈" * 20)
    assert "┈" not in texts(frame)[18]


@pytest.mark.parametrize(("span_s", "minutes"), [(3600.0, 10), (1800.0, 5), (600.0, 2)])
def test_the_time_of_day_stands_below(span_s: float, minutes: int) -> None:
    lines = texts(hours.past(), HourStand(span_s), (200, 30))
    told = [each.split()[0] for each in lines[line_of(lines, "time")].split("╷")[1:]]
    assert len(told) >= 5
    assert all(int(each.partition(":")[2]) % minutes == 0 for each in told)


@pytest.mark.parametrize("width", range(30, 200, 7))
def test_no_time_of_day_is_cut_by_the_next(width: int) -> None:
    lines = texts(hours.past(), size=(width, 22))
    told = lines[line_of(lines, "time")][GUTTER:].replace("╷", " ").split()
    assert all(len(each) == len("00:00") for each in told)

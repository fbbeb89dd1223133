"""Where a user stands in the log stays true while lines come and drop off."""

from collections.abc import Sequence

import log_frames
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.model.log import LineKind, Log, LogLine
from ollama_top.model.verdict import Severity
from ollama_top.tui.logstand import LogStand, find, move_to, settle, shown

HEIGHT = 5


def lines(first: int, last: int) -> tuple[LogLine, ...]:
    return tuple(log_frames.line(number, f"line {number}") for number in range(first, last + 1))


def test_following_keeps_the_newest_line_in_view() -> None:
    stand = settle(LogStand(), lines(1, 20), HEIGHT)
    assert (stand.index, stand.offset) == (19, 15)
    assert settle(stand, lines(1, 30), HEIGHT).offset == 25
    assert settle(LogStand(), lines(1, 3), HEIGHT).offset == 0


def test_moving_holds_the_view_while_lines_come_and_drop_off() -> None:
    before = lines(1, 20)
    stand = settle(move_to(settle(LogStand(), before, HEIGHT), before, 17), before, HEIGHT)
    assert not stand.is_following
    after = lines(11, 40)
    held = settle(stand, after, HEIGHT)
    assert after[held.index].text == "line 18"
    assert [each.text for each in after[held.offset : held.offset + HEIGHT]] == [
        each.text for each in before[stand.offset : stand.offset + HEIGHT]
    ]


def test_a_line_that_has_dropped_off_gives_its_place_to_the_oldest() -> None:
    before = lines(1, 20)
    stand = settle(move_to(LogStand(), before, 2), before, HEIGHT)
    assert settle(stand, lines(50, 60), HEIGHT).index == 0


def test_filters_leave_out_lines() -> None:
    log = Log(
        lines=(
            log_frames.line(1, "Loading"),
            log_frames.line(2, "bad", severity=Severity.ERROR),
            log_frames.line(3, "odd", severity=Severity.WARNING, kind=LineKind.RUNNER, place="runner.go:7"),
        )
    )

    def texts(**changes: object) -> list[str]:
        return [each.text for each in shown(log, LogStand(**changes))]  # type: ignore[arg-type] # its fields

    assert texts() == ["Loading", "bad", "odd"]
    assert texts(level=Severity.WARNING) == ["bad", "odd"]
    assert texts(level=Severity.ERROR) == ["bad"]
    assert texts(kind=LineKind.RUNNER) == ["odd"]
    assert texts(filter="LOAD") == ["Loading"]
    assert texts(filter="runner.go") == ["odd"]
    assert texts(filter="bad", level=Severity.ERROR, kind=LineKind.SERVER) == ["bad"]


def test_a_search_goes_up_and_around() -> None:
    found = lines(1, 20)
    assert find(found, "LINE 1", 19) == 18
    assert find(found, "line 1", 8) == 0
    assert find(found, "line 20", 3) == 19
    assert find(found, "none", 3) is None
    assert find((), "x", 0) is None


@given(
    st.integers(0, 30).flatmap(lambda count: st.just(lines(1, count))),
    st.integers(-5, 40),
    st.integers(0, 60),
    st.integers(1, 12),
)
def test_the_cursor_is_always_in_view(found: Sequence[LogLine], index: int, first: int, height: int) -> None:
    stand = settle(move_to(settle(LogStand(), found, height), found, index), found, height)
    later = settle(stand, lines(first, first + 20), height)
    for each, count in ((stand, len(found)), (later, 21)):
        if count:
            assert 0 <= each.index < count
            assert each.offset <= each.index < each.offset + height
            assert 0 <= each.offset <= max(0, count - height)

"""The log pane is a function of a View, of how it is looked at, and of a size."""

import frames
import log_frames
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.columns.cell import Line, Role
from ollama_top.model.log import LineKind, Log, LogLine
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.verdict import Severity
from ollama_top.tui.draw.fit import width_of
from ollama_top.tui.draw.log import body, foot, head, whole_line
from ollama_top.tui.logstand import LogStand, settle, shown
from ollama_top.tui.view import View

HERE = Known("the journal of ollama.service", Source.LOG)
LINES = (
    log_frames.line(1, "starting   llama-server cmd=x"),
    log_frames.line(2, "200 4.24s", kind=LineKind.REQUEST),
    log_frames.line(3, "load: warming up", kind=LineKind.RUNNER),
    log_frames.line(4, "truncating input prompt", severity=Severity.WARNING),
    log_frames.line(5, "do load request", severity=Severity.ERROR),
)


def view(log: Log, **changes: bool) -> View:
    return View(frames.frame(log=log), "a server", 2.0, **changes)


def text(line: Line) -> str:
    return "".join(cell.text for cell in line)


def drawn(log: Log, stand: LogStand = LogStand(), size: tuple[int, int] = (80, 10)) -> list[str]:  # noqa: B008 - it is frozen
    settled = settle(stand, shown(log, stand), size[1])
    return [text(line).rstrip() for line in body(view(log), settled, size)]


def test_a_line_tells_its_time_its_weight_and_whose_words_it_is() -> None:
    assert drawn(Log(HERE, LINES)) == [
        " 15:09:27   server  starting llama-server cmd=x",
        " 15:09:28   request 200 4.24s",
        " 15:09:29   runner  load: warming up",
        " 15:09:30 ! server  truncating input prompt",
        " 15:09:31 ✗ server  do load request",
    ]


def test_the_head_tells_where_and_what_is_left_out() -> None:
    log = Log(HERE, LINES, 12)
    told = text(head(view(log), LogStand(), 100))
    assert "Log: the journal of ollama.service" in told
    assert "5 lines  12 polls left out  following" in told
    held = text(head(view(log, is_paused=True), LogStand(is_following=False, index=1), 100))
    assert "line 2 of 5" in held
    assert "following" not in held
    assert "PAUSED" in held
    narrowed = text(head(view(log), LogStand(level=Severity.WARNING, kind=LineKind.SERVER), 120))
    assert "warnings and errors  server only  2 lines" in narrowed


def test_the_cursor_is_shown_only_where_it_does_not_follow() -> None:
    for stand, roles in (
        (LogStand(), set()),
        (LogStand(is_following=False, chosen=2, index=1), {Role.CURSOR}),
    ):
        found = body(view(Log(HERE, LINES)), stand, (80, 10))
        assert {cell.role for line in found for cell in line} & {Role.CURSOR} == roles


@pytest.mark.parametrize(
    ("log", "stand", "words"),
    [
        (
            Log(Missing(Why.DENIED, "the journal may be read by root")),
            LogStand(),
            "No log is read (denied): the journal may",
        ),
        (Log(), LogStand(), "No log is read (pending): not looked at yet"),
        (Log(HERE), LogStand(), "has written nothing yet"),
        (Log(HERE, LINES), LogStand(filter="none such"), "None of 5 lines is of this kind"),
    ],
)
def test_why_there_is_nothing_to_see(log: Log, stand: LogStand, words: str) -> None:
    assert words in " ".join(drawn(log, stand))


def test_a_log_that_is_read_no_more_keeps_its_lines_under_the_reason() -> None:
    found = drawn(Log(Missing(Why.FAILED, "the container's log has ended"), LINES))
    assert "has ended" in found[0]
    assert found[1:][-1].endswith("do load request")


def test_a_line_is_told_in_full() -> None:
    long = log_frames.line(7, "word " * 60 + "end")
    found = [text(line).rstrip() for line in whole_line(long, 60)]
    assert " ".join(found[5:]).split() == long.text.split()
    assert "2026-03-14 15:09:33 UTC" in found[0]
    assert "sched.go:728" in found[3]


def test_the_foot_has_the_keys_or_what_is_typed() -> None:
    assert "follow" in text(foot(LogStand(), 80))
    assert "filter: abc" in text(foot(LogStand(filter="abc"), 80))


@given(
    st.lists(
        st.builds(
            LogLine,
            st.integers(),
            st.none(),
            st.sampled_from(Severity),
            st.sampled_from(LineKind),
            st.text(st.characters(codec=None)),
        )
    ),
    st.integers(1, 120),
    st.integers(1, 20),
)
def test_any_line_keeps_to_its_size(lines: list[LogLine], width: int, height: int) -> None:
    log = Log(HERE, tuple(lines))
    stand = settle(LogStand(), log.lines, height)
    found = [*body(view(log), stand, (width, height)), head(view(log), stand, width), foot(stand, width)]
    assert len(found) <= height + 2
    if lines:
        assert {width_of(line) for line in found} == {width}

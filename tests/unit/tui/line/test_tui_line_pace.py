"""When a paint may go, on lines and terminals of every kind; the clock is the test's own."""

import re
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser

from ollama_top.tui.line.pace import (
    LEAST_PIECE_BYTES,
    PATIENCE_S,
    PIECE_S,
    PLACES,
    TRIES,
    UNHEARD_S,
    Lane,
    Pace,
)

PROBE = re.compile(r"\x1b\[1;(\d+)H\x1b\[6n")


@dataclass
class Far:
    """A terminal at the end of a line, with the clock that all of it goes by."""

    bytes_per_s: float = 1e6
    round_trip_s: float = 0.0
    now_s: float = 0.0
    answers: list[tuple[float, int]] = field(default_factory=list)
    free_at_s: float = 0.0
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        self.pace = Pace(lambda: self.now_s)

    def send(self, text: str, size_bytes: int = 0) -> None:
        self.free_at_s = max(self.free_at_s, self.now_s) + size_bytes / self.bytes_per_s
        self.answers += [
            (self.free_at_s + self.round_trip_s, int(found) - 1) for found in PROBE.findall(text)
        ]

    def paint(self, lane: Lane, size_bytes: int) -> None:
        self.send(self.pace.begin(lane))
        self.send("", size_bytes)
        self.send(self.pace.end(lane, size_bytes))

    def wait(self, seconds: float) -> None:
        """Let time pass, and the answers arrive."""
        end_s = self.now_s + seconds
        while self.answers and self.answers[0][0] <= end_s:
            at_s, place = self.answers.pop(0)
            self.now_s = max(self.now_s, at_s)
            self.pace.answer(place)
        self.now_s = end_s


def heard(far: Far) -> Far:
    far.paint(Lane.TOLD, 10)
    far.wait(far.round_trip_s + 1.0)
    return far


def test_what_was_told_waits_for_the_answer_to_the_one_before() -> None:
    far = heard(Far(round_trip_s=0.3))
    far.paint(Lane.TOLD, 100)
    far.wait(0.29)
    assert far.pace.wait_s(Lane.TOLD) > 0
    far.wait(0.02)
    assert far.pace.wait_s(Lane.TOLD) == 0


def test_a_key_waits_for_no_frame_and_a_frame_for_a_key() -> None:
    far = heard(Far(round_trip_s=0.3))
    far.paint(Lane.TOLD, 100)
    assert far.pace.wait_s(Lane.ASKED) == 0
    far.paint(Lane.ASKED, 100)
    assert far.pace.wait_s(Lane.ASKED) > 0
    far.wait(0.5)
    far.paint(Lane.ASKED, 100)
    assert far.pace.wait_s(Lane.TOLD) > 0


def test_a_terminal_that_never_answers_is_soon_asked_no_more() -> None:
    far = Far()
    for _ in range(TRIES):
        assert far.pace.begin(Lane.TOLD)
        assert far.pace.end(Lane.TOLD, 100)
        assert far.pace.wait_s(Lane.TOLD) == pytest.approx(UNHEARD_S)
        assert far.pace.wait_s(Lane.ASKED) == 0
        far.wait(UNHEARD_S)
    for _ in range(5):
        assert far.pace.wait_s(Lane.TOLD) == 0
        assert far.pace.begin(Lane.TOLD) == ""
        assert far.pace.end(Lane.TOLD, 100) == ""


def test_a_terminal_that_answers_something_else_is_one_that_does_not_answer() -> None:
    far = Far()
    for _ in range(TRIES + 1):
        far.pace.begin(Lane.TOLD)
        far.pace.end(Lane.TOLD, 100)
        far.pace.answer(0)
        far.wait(UNHEARD_S)
    assert far.pace.is_deaf


def test_an_answer_that_comes_late_is_known_as_late() -> None:
    far = Far(round_trip_s=2.5)
    for _ in range(TRIES + 1):
        far.paint(Lane.TOLD, 100)
        far.wait(UNHEARD_S)
    assert not far.pace.is_deaf
    assert far.pace.wait_s(Lane.TOLD) > UNHEARD_S  # those before it were late, its own is still to come
    far.wait(2.5)
    assert far.pace.wait_s(Lane.TOLD) == 0


def test_a_stalled_line_gets_ever_less_and_a_key_goes_on_in_time() -> None:
    far = heard(Far())
    far.round_trip_s = 1e9
    paints = 0
    for _ in range(3600):
        if far.pace.wait_s(Lane.TOLD) == 0:
            far.paint(Lane.TOLD, 1500)
            paints += 1
        far.wait(1.0)
    assert paints <= 12
    assert far.pace.wait_s(Lane.ASKED) <= PATIENCE_S


@pytest.mark.parametrize("bytes_per_s", [2000, 20_000, 1_000_000])
def test_pieces_hold_the_line_for_a_moment_only(bytes_per_s: int) -> None:
    far = heard(Far(bytes_per_s=bytes_per_s, round_trip_s=0.3))
    for _ in range(3):
        far.paint(Lane.TOLD, 1000)
        far.wait(2.0)
    assert far.pace.piece_bytes() == pytest.approx(bytes_per_s * PIECE_S, rel=0.2)


def test_a_piece_is_never_nothing() -> None:
    far = heard(Far(bytes_per_s=10))
    far.paint(Lane.TOLD, 1000)
    far.wait(200.0)
    assert far.pace.piece_bytes() == LEAST_PIECE_BYTES


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from([*Lane]),
            st.integers(0, 5000),
            st.floats(0, 20),
            st.lists(st.integers(-3, 90), max_size=3),
        )
    ),
    bytes_per_s=st.floats(50, 1e6),
    round_trip_s=st.floats(0, 5),
)
def test_whatever_comes_nothing_is_held_for_good_and_little_is_under_way(
    steps: list[tuple[Lane, int, float, list[int]]], bytes_per_s: float, round_trip_s: float
) -> None:
    """Also with answers that nobody asked for, as keys that look like answers are."""
    far = Far(bytes_per_s, round_trip_s)
    for lane, size_bytes, pause_s, garbage in steps:
        if far.pace.wait_s(lane) == 0:
            far.paint(lane, size_bytes)
        for place in garbage:
            far.pace.answer(place)
        far.wait(pause_s)
        assert len(far.pace._under_way) <= 2
        assert (far.pace.piece_bytes() or LEAST_PIECE_BYTES) >= LEAST_PIECE_BYTES
    for lane in Lane:
        far.now_s += far.pace.wait_s(lane) + 1e-6 * far.now_s
        assert far.pace.wait_s(lane) == pytest.approx(0, abs=1e-3)


KEYS = {"j": "j", "\x1b[A": "up", "\x1b[1;5C": "ctrl+right", "\x1bOP": "f1", "é": "é"}


@given(
    parts=st.lists(st.one_of(st.integers(1, PLACES), st.sampled_from([*KEYS]))),
    cuts=st.lists(st.integers(1, 5)),
)
def test_answers_are_told_from_keys_however_they_are_cut(parts: list[int | str], cuts: list[int]) -> None:
    """By Textual's own parser: which this relies on."""
    text = "".join(part if isinstance(part, str) else f"\x1b[1;{part + 1}R" for part in parts)
    found: list[int | str] = []
    parser = XTermParser()
    widths = iter(cuts)
    while text:
        width = next(widths, 7)
        for message in parser.feed(text[:width]):
            if isinstance(message, events.CursorPosition):
                found.append(message.x)
            elif isinstance(message, events.Key):
                found.append(message.key)
        text = text[width:]
    assert found == [KEYS.get(part, part) if isinstance(part, str) else part for part in parts]

"""What one process tells the other is what the other hears."""

import json

import pytest
from bursts import MODEL, course, kept
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.burst.course import Course
from ollama_top.burst.events import Begun, Ended, Event, Failed, Moved, Parted, decode, encode, newest
from ollama_top.model.burst import BurstOutcome

TOLD: list[Event] = [
    Begun(MODEL, 4, 128, is_demo=False, loads=True),
    Moved(12.5, (course(1, 0, 1), Course(2, 0.0), Course(3, 0.0, outcome=BurstOutcome.CUT, problem="gone"))),
    Ended(1, "4 configured, 1 measured", ("a note",), kept(), (kept(measured_parallel=None), kept())),
    Failed("nobody\nlistens"),
    Parted(("a note", "another")),
]


@pytest.mark.parametrize("event", TOLD)
def test_what_is_told_is_heard(event: Event) -> None:
    line = encode(event)
    assert "\n" not in line
    assert decode(line.encode()) == event


@given(st.binary() | st.from_type(dict[str, int]).map(lambda value: json.dumps(value).encode()))
def test_what_is_no_event_is_none(line: bytes) -> None:
    assert decode(line) is None


@pytest.mark.parametrize("text", ['{"event":"moved"}', '{"event":"ended","code":1}', '{"event":"x"}', "[]"])
def test_half_an_event_is_none(text: str) -> None:
    assert decode(text.encode()) is None


def test_the_newest_word_on_each_request_holds() -> None:
    first, later = (Course(1), Course(2)), Course(1, 0.5)
    assert newest(first, (later,)) == (later, Course(2))

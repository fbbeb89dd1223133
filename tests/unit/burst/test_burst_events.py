"""What one process tells the other is what the other hears."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from bursts import MODEL, course, kept
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.burst.course import Course
from ollama_top.burst.events import Begun, Ended, Event, Failed, Moved, Parted, decode, encode, newest
from ollama_top.model.burst import BurstOutcome
from ollama_top.tui.burststand import BurstStand, follow
from ollama_top.tui.draw.burst import body, title

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


NUMBERS = st.integers() | st.floats() | st.sampled_from([1e308, -1, 10**400, 1 << 63])
ANY = st.none() | st.booleans() | NUMBERS | st.text() | st.lists(st.integers(), max_size=2) | st.just({})


@given(st.data())
def test_whatever_another_machine_tells_can_be_drawn(data: st.DataObject) -> None:
    """A value anywhere in an event becomes another: the line is no event then, or one that can be drawn."""
    stand = BurstStand()
    for event in TOLD:
        told = json.loads(encode(event))
        spot, name = data.draw(st.sampled_from([*places(told)]))
        spot[name] = data.draw(ANY)
        found = decode(json.dumps(told).encode())
        if found is not None:
            stand = follow(stand, found)
        assert title(stand)
        assert all(len(line) for line in body(stand, 80) if line)


def places(told: Any) -> Iterator[tuple[Any, Any]]:
    """Everything in JSON that could be another value, but for the kind of the event."""
    for name, value in told.items() if isinstance(told, dict) else enumerate(told):
        if name != "event":
            yield told, name
        if isinstance(value, dict | list):
            yield from places(value)

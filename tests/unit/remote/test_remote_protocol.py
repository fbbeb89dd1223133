"""Orders and answers over the line: what goes in comes out, and what is neither is refused."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.model.action import Action, Keep, Load, Progress, Pull, Restart, StartProxy, StopProxy, Unload
from ollama_top.model.installed import InstalledModel
from ollama_top.remote.protocol import (
    INSTALLED,
    Answer,
    Order,
    ProtocolError,
    answer_line,
    answer_of,
    order_for,
    order_line,
    order_of,
)

NAMES = st.text(max_size=20)
ACTIONS: st.SearchStrategy[Action] = st.one_of(
    NAMES.map(Load),
    NAMES.map(Unload),
    NAMES.map(Pull),
    NAMES.map(StopProxy),
    st.builds(StartProxy, NAMES, NAMES),
    st.builds(Keep, NAMES, st.none() | st.floats(0, 1e6), st.none() | st.integers(1, 1 << 20)),
    st.builds(
        Restart, NAMES, st.integers(1, 1 << 22), st.datetimes(timezones=st.just(UTC)), by_force=st.booleans()
    ),
)


@given(number=st.integers(0, 1 << 30), action=ACTIONS)
def test_an_action_arrives_as_it_was_sent(number: int, action: Action) -> None:
    line = order_line(order_for(number, action))
    assert line.endswith(b"\n")
    assert b"\n" not in line[:-1]
    assert order_of(line) == Order(number, type(action).__name__, action)


@given(
    number=st.integers(0, 1 << 30),
    problem=st.none() | NAMES,
    progress=st.none() | st.builds(Progress, NAMES, st.none() | st.integers(0, 1 << 40)),
)
def test_an_answer_arrives_as_it_was_sent(
    number: int, problem: str | None, progress: Progress | None
) -> None:
    model = InstalledModel("gemma3:270m", "a5fd", "gemma3", 241_000_000)
    answer = Answer(number, is_over=True, problem=problem, progress=progress, installed=(model,))
    assert answer_of(answer_line(answer)) == answer


def test_a_line_of_frames_is_no_answer() -> None:
    assert answer_of(b'{"change":[]}') is None
    assert order_of(order_line(Order(3, INSTALLED))) == Order(3, INSTALLED)


@given(st.binary(max_size=60))
def test_no_line_whatever_breaks_it(line: bytes) -> None:
    for read in (order_of, lambda text: answer_of(b'{"order":' + text)):
        try:
            read(line)
        except ProtocolError:
            continue


@pytest.mark.parametrize(
    "said", ['"installed":5', '"installed":null', '"installed":[5]', '"installed":{"a":1}', '"progress":{}']
)
def test_what_is_no_answer_is_refused(said: str) -> None:
    with pytest.raises(ProtocolError):
        answer_of(f'{{"order":1,{said}}}')


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b'{"order":"x","what":"look"}',
        b'{"order":1,"what":"Format"}',
        b'{"order":1,"what":"Load"}',
    ],
)
def test_what_is_no_order_is_refused(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        order_of(line)

"""Lines between the monitor and the process that changes settings: there and back, and nothing else."""

import changes
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.apply.events import (
    Deed,
    Ended,
    Event,
    Order,
    Refused,
    Said,
    Stuck,
    event_of,
    line_of,
    order_line,
    order_of,
)
from ollama_top.model.decoded import BadDocumentError

ORDER = Order(Deed.UNDO, changes.plan(), "20260102.ndjson", 120.0, brings_back=True, is_held=False)


@pytest.mark.parametrize(
    "event",
    [
        Said("writing\n\x1b[2J ü"),
        Stuck(7),
        Ended(changes.receipt(to_do=("a",))),
        Refused("no"),
        Refused("no", ("x",)),
    ],
)
def test_an_event_comes_back_as_it_was_told(event: Event) -> None:
    line = line_of(event)
    assert "\n" not in line
    assert event_of(line.encode()) == event


def test_an_order_comes_back_as_it_was_given() -> None:
    assert order_of(order_line(ORDER).encode()) == ORDER


@given(st.binary() | st.text().map(str.encode))
def test_what_is_no_event_is_let_be_and_no_order_is_made_up(line: bytes) -> None:
    assert event_of(line) is None
    with pytest.raises(BadDocumentError):
        order_of(line)


@pytest.mark.parametrize(
    "line", [b'{"event": "said"}', b'{"event": "later", "text": "x"}', b"[]", b"{" * 9999]
)
def test_what_is_half_an_event_is_none(line: bytes) -> None:
    assert event_of(line) is None

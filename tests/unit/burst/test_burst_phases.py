"""What a request does at each moment, while it goes on and afterwards."""

from itertools import pairwise

import pytest
from bursts import course
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.burst.course import Course, Statistics
from ollama_top.burst.phases import Phase, Span, spans


def test_what_is_not_sent_does_nothing() -> None:
    assert spans(Course(1), 5.0, loads=False) == ()


def test_until_its_first_piece_it_waits_or_has_its_model_loaded() -> None:
    assert spans(Course(1, 1.0), 3.0, loads=False) == (Span(Phase.WAITING, 1.0, 3.0),)
    assert spans(Course(1, 1.0), 3.0, loads=True) == (Span(Phase.LOADING, 1.0, 3.0),)
    writing = spans(Course(1, 1.0, 2.0), 3.0, loads=False)
    assert writing == (Span(Phase.WAITING, 1.0, 2.0), Span(Phase.DECODE, 2.0, 3.0))


def test_the_servers_statistics_put_it_right() -> None:
    told = Statistics(1.0, 0.5, 2.0, 9, 60)
    found = spans(course(1, 0, 8, statistics=told), 99.0, loads=False)
    assert [each.phase for each in found] == [Phase.LOADING, Phase.WAITING, Phase.PREFILL, Phase.DECODE]
    assert [each.end_s for each in found] == pytest.approx([1.0, 5.5, 6.0, 8.0])


seconds = st.floats(0, 50)


@given(seconds, seconds, seconds, seconds)
def test_phases_follow_each_other_whatever_is_told(
    load_s: float, prefill_s: float, decode_s: float, end_s: float
) -> None:
    told = Statistics(load_s, prefill_s, decode_s, 9, 60)
    found = spans(Course(1, 0.0, None, end_s, statistics=told), 99.0, loads=False)
    assert all(one.end_s == other.begin_s for one, other in pairwise(found))
    assert all(each.begin_s < each.end_s <= end_s for each in found)

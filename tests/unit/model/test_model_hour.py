"""Curves and hours are what they were made of, and stay as they are."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.model.curve import Curve
from ollama_top.model.hour import Hour

VALUES = st.lists(st.none() | st.floats(allow_nan=False), max_size=20)


@given(VALUES, VALUES)
def test_a_curve_holds_its_values(some: list[Any], more: list[Any]) -> None:
    curve = Curve.of(some)
    assert list(curve) == some
    assert len(curve) == len(some)
    assert curve.values() == tuple(some)
    assert curve.newest() == (some[-1] if some else None)
    assert list(curve.and_then(Curve.of(more))) == some + more
    assert curve == Curve.of(some)


@given(VALUES, st.integers(-3, 25), st.integers(-3, 25))
def test_a_part_is_what_lies_between(values: list[Any], begin: int, end: int) -> None:
    curve = Curve.of(values)
    assert list(curve.part(begin, end)) == values[max(0, begin) : max(0, begin, end)]
    assert list(curve.part(begin)) == values[max(0, begin) :]


def test_an_hour_is_cut_and_joined_in_all_its_series() -> None:
    hour = Hour(*[Curve.of([10.0 * number, None, 30.0]) for number in range(1, 10)])
    assert hour.part(0, 1).and_then(hour.part(1)) == hour
    assert len(hour.part(2)) == 1


def test_what_is_older_than_a_moment_is_counted() -> None:
    hour = Hour(at_s=Curve.of([1.0, 3.0, 5.0]))
    assert [hour.before(each) for each in (0.0, 1.0, 3.5, 9.0)] == [0, 0, 2, 3]


def test_a_series_that_was_not_told_is_missing_at_every_point() -> None:
    """As of a recording that an older version began, and this one goes on with."""
    older, newer = Hour(at_s=Curve.of([1.0, 3.0])), Hour(*[Curve.of([5.0])] * 9)
    assert older.waiting.values() == (None, None)
    assert older.and_then(newer).waiting.values() == (None, None, 5.0)
    with pytest.raises(ValueError, match="running"):
        Hour(at_s=Curve.of([1.0]), running=Curve.of([1.0, 2.0]))

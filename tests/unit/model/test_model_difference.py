"""A change takes the old value to the new one, whatever they are."""

import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.model.difference import DifferenceError, applied, difference

NUMBERS = st.integers() | st.floats(allow_nan=False) | st.integers(0, 10**6).map(lambda ms: ms / 1000)
LEAVES = st.none() | st.booleans() | NUMBERS | st.text(max_size=5)
ROWS = st.tuples(LEAVES, LEAVES, LEAVES)
PACKED = st.recursive(
    LEAVES | ROWS, lambda inner: st.lists(inner, max_size=6) | st.tuples(inner, inner), max_leaves=30
)


def through_json(change: Any) -> Any:
    return json.loads(json.dumps(change))


def as_lists(packed: Any) -> Any:
    return [as_lists(each) for each in packed] if isinstance(packed, list | tuple) else packed


@given(PACKED, PACKED)
def test_a_change_leads_from_any_value_to_any_other(old: Any, new: Any) -> None:
    change = through_json(difference(old, new))
    assert as_lists(applied(as_lists(old), change)) == as_lists(new)


@given(st.lists(ROWS, max_size=12), st.data())
def test_rows_may_come_and_go_and_change_anywhere(old: list[Any], data: st.DataObject) -> None:
    new = [
        data.draw(st.tuples(LEAVES, st.just(row[1]), st.just(row[2])))
        for row in old
        if data.draw(st.booleans())
    ]
    for row in data.draw(st.lists(ROWS, max_size=3)):
        new.insert(data.draw(st.integers(0, len(new))), row)
    change = through_json(difference(old, new))
    assert applied(as_lists(old), change) == as_lists(new)


def test_the_old_value_stays_as_it_is() -> None:
    old = [1, ["a", 2.5], [1, 2, 3]]
    applied(old, difference((1, ("a", 2.5), [1, 2, 3]), (2, ("b", 3.5), [2, 3, 4])))
    assert old == [1, ["a", 2.5], [1, 2, 3]]


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ((1, 2), (1, 2), {}),
        ((1, 2), (1, 5), {"1": 3}),
        ((1.25, "a"), (1.5, "b"), {"0": 0.25, "1": ["b"]}),
        ((0.1,), (1e-9,), {"0": [1e-9]}),  # a step of three digits would not lead there
        ((1,), (1.5,), {"0": [1.5]}),
        ([1, 2, 3], [2, 3, 4], [[1, 2, [4]], {}]),
        ([], [7], [[0, 0, [7]], {}]),
        (
            [("a", 1, 1.0), ("b", 2, 1.0), ("c", 3, 1.0)],
            [("a", 1, 2.0), ("c", 3, 2.0)],
            [[0, 1, [], 2, 1, []], {"0": {"2": 1.0}, "1": {"2": 1.0}}],
        ),
    ],
    ids=str,
)
def test_a_change_says_no_more_than_it_must(old: Any, new: Any, change: Any) -> None:
    assert difference(old, new) == change


@pytest.mark.parametrize(
    ("old", "change"),
    [
        ([1], {"1": 1}),
        ([1], {"a": 1}),
        ([1], {"0": 1.5}),
        ([1], {"0": "x"}),
        ([True], {"0": 1}),
        ("abc", {"0": ["x"]}),
        ([1], []),
        ([1], [[0, 5, []], {}]),
        ([1], [[-1, 1, []], {}]),
        ([1], [[0, 1], {}]),
        ([1], [[0, 1, 3], {}]),
        ([1], [[0, 1, [], 0, 1, []], {}]),
        ([1, 2], [[1, 1, [], 0, 1, []], {}]),
        ([1], [None, None]),
        (None, 1),
        ([1], None),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(old: Any, change: Any) -> None:
    with pytest.raises(DifferenceError):
        applied(old, change)


def test_what_is_nested_without_end_is_refused() -> None:
    value: Any = 1
    change: Any = 1
    for _ in range(sys.getrecursionlimit()):
        value, change = [value], {"0": change}
    with pytest.raises(DifferenceError):
        applied(value, change)


@given(PACKED, PACKED.map(as_lists))
def test_any_plain_value_is_applied_or_refused(old: Any, change: Any) -> None:
    try:
        json.dumps(applied(as_lists(old), change))
    except DifferenceError:
        return

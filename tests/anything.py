"""Any value that a declaration allows: for properties of what writes and reads values of the model."""

import types
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from ollama_top.model.curve import Curve
from ollama_top.model.reading import Known, Missing, Source, Why

TIMES = st.integers(0, 10**10).map(
    lambda ms: datetime(2026, 11, 25, tzinfo=UTC) + timedelta(milliseconds=ms % 10**9)
)
ZONES = st.integers(-720, 720).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def is_meant(at: datetime) -> bool:
    """Whether other zones can reckon with a time."""
    return 1 < at.year < 9999


ROUND: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(0, 2**63),
    str: st.text(),
    float: st.integers(0, 10**9).map(lambda ms: ms / 1000),
    types.NoneType: st.none(),
    Missing: st.builds(Missing, st.sampled_from(Why), st.text()),
    datetime: TIMES,
    Curve: st.lists(st.none() | st.integers(0, 10**9).map(lambda ms: ms / 1000), max_size=5).map(Curve.of),
}
"""Plain values as JSON documents hold them: fractions have three digits."""
EXACT = ROUND | {
    int: st.integers(-(2**64), 2**64),
    float: st.floats(-(2.0**64), 2.0**64),
    str: st.text(st.characters(), max_size=20),  # broken characters among them
    datetime: TIMES | st.datetimes(timezones=ZONES).map(lambda at: at.replace(fold=0)).filter(is_meant),
}
"""Plain values without bounds."""


@cache
def values(hint: Any, *, exact: bool = False) -> st.SearchStrategy[Any]:
    """Values of a declared type."""
    plain = EXACT if exact else ROUND
    if get_origin(hint) in {Union, types.UnionType}:
        return st.one_of([values(each, exact=exact) for each in get_args(hint)])
    if get_origin(hint) is Known:
        return st.builds(Known, values(get_args(hint)[0], exact=exact), st.sampled_from(Source))
    if get_origin(hint) is tuple:
        return st.lists(values(get_args(hint)[0], exact=exact), max_size=3).map(tuple)
    if hint in plain:
        return plain[hint]
    if issubclass(hint, Enum):
        return st.sampled_from(hint)
    hints = get_type_hints(hint)
    return st.builds(hint, **{name: values(each, exact=exact) for name, each in hints.items()})

"""Values out of JSON that somebody else wrote: the right type, or nothing."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ollama_top.ollama import jsonic
from ollama_top.ollama.jsonic import BadReplyError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def parsed(parse: Callable[[bytes], Any], body: bytes) -> Any:
    """What is made of a body; of a bad one, what is said of it."""
    try:
        return parse(body)
    except BadReplyError as error:
        return str(error)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
@example(b"\xff\xfe{}")
@example(b"[" * 200_000)
@example(b'{"a":' * 200_000)
@example(b"9" * 5000)
@example(b'{"a": NaN, "b": -Infinity}')
def test_any_bytes_give_an_object_a_list_or_a_refusal(body: bytes) -> None:
    for parse, kind in ((jsonic.parse_object, dict), (jsonic.parse_objects, tuple)):
        found = parsed(parse, body)
        assert isinstance(found, kind) or (found.startswith("answered ") and found.isprintable())


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "answered nothing where JSON was expected"),
        (b" \r\n\t", "answered nothing where JSON was expected"),
        (b"<!DOCTYPE html><html>", "answered HTML where JSON was expected"),
        (b"\n  <HTML><body>", "answered HTML where JSON was expected"),
        (b"Ollama is running", "answered something else where JSON was expected"),
        (b'{"models": [', "answered something else where JSON was expected"),
        (b"\xff\xfe\xfd", "answered something else where JSON was expected"),
        (b"null", "answered null where an object was expected"),
        (b"[]", "answered a list where an object was expected"),
        (b'"text"', "answered a string where an object was expected"),
        (b"true", "answered a truth value where an object was expected"),
        (b"12.5", "answered a number where an object was expected"),
    ],
)
def test_a_reply_that_is_no_object_is_named(body: bytes, words: str) -> None:
    with pytest.raises(BadReplyError) as refused:
        jsonic.parse_object(body)
    assert str(refused.value) == words


@pytest.mark.parametrize("body", [b"{}", b"null", b"[1]", b"[{}, []]"])
def test_a_list_holds_objects_only(body: bytes) -> None:
    with pytest.raises(BadReplyError, match="where a list of objects was expected"):
        jsonic.parse_objects(body)
    assert jsonic.parse_objects(b'[{}, {"a": 1}]') == ({}, {"a": 1})


def test_of_a_key_written_twice_the_last_counts_as_it_does_in_go() -> None:
    assert jsonic.parse_object(b'{"a": 1, "a": 2}') == {"a": 2}


@given(JSON)
def test_every_getter_gives_its_type_or_none(value: Any) -> None:
    of = {"key": value}
    share = jsonic.share(of, "key")
    assert share is None or (type(share) is float and 0 <= share <= 1)
    count = jsonic.count(of, "key")
    assert count is None or (type(count) is int and 0 <= count <= jsonic.LARGEST)
    text = jsonic.text(of, "key")
    assert text is None or (type(text) is str and text != "")
    assert jsonic.flag(of, "key") in {None, True, False}
    assert isinstance(jsonic.member(of, "key"), dict)
    assert all(isinstance(each, dict) for each in jsonic.objects(of, "key"))
    assert all(isinstance(each, str) for each in jsonic.texts(of, "key"))
    moment = jsonic.moment(of, "key")
    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (4096, 4096),
        (5.0, 5),
        (jsonic.LARGEST, jsonic.LARGEST),
        (jsonic.LARGEST + 1, None),
        (10**400, None),
        (1e300, None),
        (1.5, None),
        (-1, None),
        (-0.0, 0),
        (float("nan"), None),
        (float("inf"), None),
        (True, None),
        (False, None),
        ("12", None),
        (None, None),
    ],
)
def test_a_count_is_a_whole_number_and_nothing_else(value: object, expected: int | None) -> None:
    found = jsonic.count({"key": value}, "key")
    assert found == expected
    assert type(found) is type(expected)


def test_text_is_no_list_of_its_letters() -> None:
    assert jsonic.texts({"capabilities": "completion"}, "capabilities") == ()
    assert jsonic.texts({"capabilities": ["completion", 1, None]}, "capabilities") == ("completion",)
    assert jsonic.texts({"capabilities": None}, "capabilities") == ()


def test_a_list_that_a_reply_must_hold_may_be_gos_empty_one() -> None:
    assert jsonic.listed({"models": None}, "models") == ()
    assert jsonic.listed({"models": [{}, 1]}, "models") == ({},)
    for reply in ({}, {"models": {}}, {"models": False}, {"models": "all"}):
        with pytest.raises(BadReplyError, match="answered no list of models: this may not be Ollama"):
            jsonic.listed(reply, "models")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T09:14:42.203806633Z", datetime(2026, 11, 23, 9, 14, 42, 203806, tzinfo=UTC)),
        ("2026-11-23T09:14:42.2Z", datetime(2026, 11, 23, 9, 14, 42, 200000, tzinfo=UTC)),
        ("2026-11-23T09:14:42Z", datetime(2026, 11, 23, 9, 14, 42, tzinfo=UTC)),
        ("2026-11-23T09:14:42.2-08:00", datetime(2026, 11, 23, 17, 14, 42, 200000, tzinfo=UTC)),
        ("2318-06-05T08:10:09.5+02:00", datetime(2318, 6, 5, 6, 10, 9, 500000, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("9999-12-31T23:59:59-08:00", None),
        ("10000-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+01:00", None),
        ("2026-11-23T09:14:42", None),
        ("2026-02-30T00:00:00Z", None),
        ("2026-11-23", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_moment_is_what_go_prints(text: str, expected: datetime | None) -> None:
    assert jsonic.moment({"at": text}, "at") == expected


def test_a_moment_is_told_in_utc() -> None:
    moment = jsonic.moment({"at": "2026-11-23T09:14:42+05:30"}, "at")
    assert moment is not None
    assert moment.utcoffset() == timedelta(0)

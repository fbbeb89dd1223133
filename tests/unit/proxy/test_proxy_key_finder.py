"""Top-level values are found in a body that comes in pieces, and nothing else of it is held."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.proxy.metering.key_finder import LARGEST_VALUE_BYTES, KeyFinder

WANTED = frozenset({"model", "stream", "options", "keep_alive"})

TEXTS = st.one_of(st.text(), st.text('"\\{}[]:, \n', max_size=12))
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)
KEYS = st.one_of(st.sampled_from([*WANTED, "Model", "STREAM", "messages"]), TEXTS)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=8)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The bytes in pieces, cut at some places."""
    borders = sorted({0, len(data), *(each % (len(data) + 1) for each in places)})
    return [data[start:end] for start, end in pairwise(borders)]


def found_in(pieces: list[bytes]) -> KeyFinder:
    finder = KeyFinder(WANTED)
    for piece in pieces:
        finder.feed(piece)
    return finder


@given(
    document=OBJECTS,
    ascii_only=st.booleans(),
    indent=st.sampled_from([None, 0, 2]),
    places=st.lists(st.integers(0, 10_000), max_size=20),
)
def test_it_finds_what_json_finds_however_the_bytes_are_cut(
    document: dict[str, Any], ascii_only: bool, indent: int | None, places: list[int]
) -> None:
    body = json.dumps(document, ensure_ascii=ascii_only, indent=indent).encode(errors="replace")
    parsed = json.loads(body)
    expected = {key.lower(): value for key, value in parsed.items() if key.lower() in WANTED}
    finder = found_in(cut(body, places))
    assert finder.found == expected
    assert finder.is_done


@given(body=st.binary(max_size=200), places=st.lists(st.integers(0, 200), max_size=10))
def test_garbage_is_the_same_garbage_in_pieces(body: bytes, places: list[int]) -> None:
    for garbage in (body, b'{"a":' + body, b'{"model":' + body + b',"stream":true}'):
        whole, pieces = found_in([garbage]), found_in(cut(garbage, places))
        assert pieces.found == whole.found
        assert pieces.is_done == whole.is_done


@pytest.mark.parametrize("piece", [1, 7, 4096])
def test_a_name_after_a_huge_value_is_found_and_the_value_is_not_held(piece: int) -> None:
    image = b"A" * 200_000 if piece > 1 else b"A" * 20_000
    body = b'{"images":["' + image + b'\\"\\\\"],"messages":[{"content":"' + image + b'"}],"model":"m"}'
    finder = KeyFinder(WANTED)
    largest = 0
    for at in range(0, len(body), piece):
        finder.feed(body[at : at + piece])
        largest = max(largest, len(finder._held))
    assert finder.found == {"model": "m"}
    assert largest < 64


def test_a_wanted_value_that_is_too_long_is_let_go() -> None:
    body = json.dumps({"options": ["x" * LARGEST_VALUE_BYTES], "model": "m"}).encode()
    finder = found_in([body[:1000], body[1000:]])
    assert finder.found == {"model": "m"}
    assert not finder._held


def test_the_last_of_two_of_a_name_counts_as_in_go() -> None:
    assert found_in([b'{"model":"a","Model":"b","mod\\u0065l":"c"}']).found == {"model": "c"}


@pytest.mark.parametrize("body", [b"[1]", b"nonsense", b'"text"', b"{,}", b"{model:1}"])
def test_what_is_no_object_ends_it(body: bytes) -> None:
    finder = found_in([body])
    assert (finder.found, finder.is_done) == ({}, True)

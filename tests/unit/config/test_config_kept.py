"""What is kept goes into a text and comes out the same; what is no such text is told from one."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ollama_top.config.kept import (
    BrokenError,
    Kept,
    KeptError,
    NewerError,
    Order,
    changes,
    kept_of,
    merged,
    parse,
    text_of,
    values_of,
)

NAMES = st.text(max_size=8) | st.sampled_from(["models", "requests", "a.b", ""])
WORDS = st.lists(NAMES, unique=True, max_size=4).map(tuple)
KEPT = st.builds(
    Kept,
    theme=st.none() | NAMES,
    zoomed=st.none() | NAMES,
    hidden=WORDS,
    columns=st.dictionaries(NAMES, WORDS, max_size=3),
    orders=st.dictionaries(
        NAMES,
        st.builds(Order, st.none() | NAMES, st.booleans()).filter(lambda order: order != Order()),
        max_size=3,
    ),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=9), each, max_size=3),
)
KEYS = st.sampled_from(["theme", "zoomed", "hidden", "columns.models", "order.models", "order.", "later"])
HEAD = '"format": "ollama-top view 1"'


@given(KEPT)
def test_it_comes_back_as_it_was(kept: Kept) -> None:
    assert kept_of(parse(text_of(values_of(kept), "me"))) == kept


@given(KEPT, KEPT)
def test_a_change_brings_one_to_the_other(before: Kept, after: Kept) -> None:
    changed = changes(before, after)
    assert kept_of(merged(values_of(before), changed)) == after
    assert (changed == {}) == (before == after)


@given(KEPT, KEPT, KEPT)
def test_of_two_monitors_the_later_wins_key_by_key(first: Kept, mine: Kept, theirs: Kept) -> None:
    my_change, their_change = changes(first, mine), changes(first, theirs)
    told = merged(merged(values_of(first), my_change), their_change)
    for key in {*values_of(first), *my_change, *their_change}:
        wanted = their_change if key in their_change else my_change if key in my_change else values_of(first)
        assert told.get(key) == wanted.get(key)


def test_what_another_version_keeps_stays() -> None:
    values = parse(f'{{{HEAD}, "values": {{"later": [1], "theme": "day"}}}}')
    assert kept_of(values) == Kept(theme="day")
    assert merged(values, {"theme": None, "zoomed": "slots"}) == {"later": [1], "zoomed": "slots"}


def test_the_text_can_be_read_by_a_person() -> None:
    kept = Kept(
        "night", None, ("host",), {"models": ("name",)}, {"models": Order("vram_bytes", is_inverted=True)}
    )
    assert json.loads(text_of(values_of(kept), "http://x from box")) == {
        "format": "ollama-top view 1",
        "of": "http://x from box",
        "values": {
            "theme": "night",
            "hidden": ["host"],
            "columns.models": ["name"],
            "order.models": {"column": "vram_bytes", "inverted": True},
        },
    }


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", BrokenError),
        ("{", BrokenError),
        ("[]", BrokenError),
        ("{}", BrokenError),
        ('{"format": 1}', BrokenError),
        ('{"format": "ollama-top view 0", "values": {}}', BrokenError),
        ('{"format": "ollama-top view 1"}', BrokenError),
        (f'{{{HEAD}, "values": []}}', BrokenError),
        ("[" * 100_000, BrokenError),
        (f"{{{HEAD}, ", BrokenError),
        ("9" * 5000, BrokenError),
        ('{"format": "ollama-top view 2", "values": {}}', NewerError),
        ('{"format": "ollama-top view 12"}', NewerError),
    ],
)
def test_what_cannot_be_used_is_told_apart(text: str, error: type[KeptError]) -> None:
    with pytest.raises(error):
        parse(text)


@given(st.text() | JSON.map(json.dumps))
@example("\ud800")
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(KeptError):
        parse(text)


@given(st.dictionaries(KEYS, JSON, max_size=5))
def test_values_of_any_kind_are_taken_as_far_as_they_make_sense(values: dict[str, object]) -> None:
    kept = kept_of(values)
    again = values_of(kept)
    assert kept_of(again) == Kept(
        kept.theme, kept.zoomed, kept.hidden, kept.columns,
        {table: order for table, order in kept.orders.items() if order != Order()},
    )  # fmt: skip
    json.dumps(again)

"""NAME=VALUE becomes a wish, or a sentence that says what would."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.ollama.wishes import NAMES, Wish, WishError, parse_wish


def test_all_of_it() -> None:
    words = [
        "OLLAMA_NUM_PARALLEL=4",
        "CONTEXT_LENGTH=8192",
        "OLLAMA_KV_CACHE_TYPE=Q8_0",
        "FLASH_ATTENTION=true",
    ]
    assert parse_wish(words) == Wish(4, 8192, "q8_0", True)  # noqa: FBT003 - the fields are named above
    assert parse_wish(["OLLAMA_FLASH_ATTENTION=0"]) == Wish(has_flash_attention=False)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "nothing to try"),
        (["OLLAMA_NUM_PARALLEL"], "is no NAME=VALUE of OLLAMA_NUM_PARALLEL, "),
        (["OLLAMA_HOST=x"], "is no NAME=VALUE"),
        (["num_parallel=2"], "is no NAME=VALUE"),
        (["=2"], "is no NAME=VALUE"),
        (["NUM_PARALLEL=2", "OLLAMA_NUM_PARALLEL=2"], "OLLAMA_NUM_PARALLEL is given twice"),
        (["NUM_PARALLEL=four"], "OLLAMA_NUM_PARALLEL=four: a whole number from 1 to 256 is wanted"),
        (["NUM_PARALLEL=0"], "a whole number from 1 to 256"),
        (["NUM_PARALLEL=257"], "a whole number from 1 to 256"),
        (["NUM_PARALLEL=-1"], "a whole number"),
        (["NUM_PARALLEL=4.0"], "a whole number"),
        (["NUM_PARALLEL=٤"], "a whole number"),
        (["NUM_PARALLEL="], "a whole number"),
        ([f"CONTEXT_LENGTH={'9' * 5000}"], "a whole number from 1 to"),
        (["KV_CACHE_TYPE=q3"], "there are f32, f16, bf16, q8_0"),
        (["FLASH_ATTENTION=yes"], "1 or 0 is wanted"),
    ],
)
def test_what_cannot_be_wished(words: list[str], why: str) -> None:
    with pytest.raises(WishError, match=why):
        parse_wish(words)


@given(st.lists(st.text() | st.builds("{}={}".format, st.sampled_from(NAMES), st.text())))
def test_any_words_are_a_wish_or_an_error(words: list[str]) -> None:
    with suppress(WishError):
        assert parse_wish(words) != Wish()

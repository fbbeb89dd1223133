"""What may be asked for: names and values that Ollama takes as they are meant, and no secret."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.control.asked import BadChangeError, asked, check, full_name, notes
from ollama_top.model.finding import Change
from ollama_top.ollama.environment import is_secret

N = "OLLAMA_NUM_PARALLEL"
NOW = (0, 33, 0)


def test_changes_as_they_were_asked_for() -> None:
    found = asked(["NUM_PARALLEL=4", "OLLAMA_ORIGINS=a=b", "CUDA_VISIBLE_DEVICES=0,1"], ["MAX_QUEUE"], NOW)
    assert found == (
        Change(N, "4"),
        Change("OLLAMA_ORIGINS", "a=b"),
        Change("CUDA_VISIBLE_DEVICES", "0,1"),
        Change("OLLAMA_MAX_QUEUE", None),
    )


@pytest.mark.parametrize("value", ["50% $HOME `x` \"q\" 'a' \\n é", "-1", " x ", "=", "#", "x" * 100_000])
def test_hard_characters_are_none_too_hard(value: str) -> None:
    assert asked([f"OLLAMA_ORIGINS={value}"], [], NOW) == (Change("OLLAMA_ORIGINS", value),)


@pytest.mark.parametrize(
    ("words", "unset", "why"),
    [
        ([], [], "nothing to change"),
        ([N], [], "is no NAME=VALUE"),
        (["=4"], [], "is no name of a variable"),
        (["A-B=4"], [], "is no name of a variable"),
        (["OLLAMA_NUM_PARALLEL\n=4"], [], "is no name of a variable"),
        ([f"{N}=4", "NUM_PARALLEL=5"], [], "given twice"),
        ([f"{N}=4"], [N], "given twice"),
        ([f"{N}="], [], "--unset OLLAMA_NUM_PARALLEL takes it away"),
        ([f"{N}=  "], [], "counts as not set"),
        ([f"{N}=four"], [], "no whole number"),
        (["OLLAMA_NUM_PARALEL=4"], [], "OLLAMA_NUM_PARALLEL is meant"),
        (["LD_PRELOAD=/tmp/x.so"], [], "no variable of Ollama's"),
        (["PATH=/x"], [], "no variable of Ollama's"),
        (["OLLAMA_TOP_READ_ONLY=1"], [], "no variable of Ollama's"),
        (["OLLAMA_API_KEY=x"], [], "may be a secret"),
        ([], ["OLLAMA_API_KEY"], "may be a secret"),
        (["HTTPS_PROXY=http://user:word@host"], [], "no variable of Ollama's"),
        (["OLLAMA_ORIGINS=a\nb"], [], "control character"),
        (["OLLAMA_ORIGINS=a\x00b"], [], "control character"),
        (["OLLAMA_ORIGINS=\x1b[2J"], [], "control character"),
        (["OLLAMA_ORIGINS=\udcff"], [], "control character"),
        (["OLLAMA_ORIGINS=" + "x" * 100_001], [], "longer than"),
        (["OLLAMA_ORIGINS=" + "\U0001f999" * 30_000], [], "longer than"),
        (["OLLAMA_HOST=http://user:word@host"], [], ""),
        (["OLLAMA_HOST=ftp://x"], [], "scheme"),
    ],
)
def test_what_cannot_be_asked_for(words: list[str], unset: list[str], why: str) -> None:
    with pytest.raises(BadChangeError) as raised:
        asked(words, unset, NOW)
    assert why in str(raised.value)
    assert "word" not in str(raised.value) or "user" not in str(raised.value), "a password is not repeated"
    assert len(str(raised.value)) < 300


@given(name=st.text(max_size=30), value=st.text(max_size=60))
def test_whatever_is_asked_is_taken_or_refused(name: str, value: str) -> None:
    try:
        (found,) = asked([f"{name}={value}"], [], NOW)
    except BadChangeError:
        return
    assert not is_secret(found.name)
    assert found.value is not None
    assert found.value.isprintable() or "\n" not in found.value
    check(found, NOW)


def test_a_short_name_is_lengthened_only_where_that_is_known() -> None:
    assert [full_name(each) for each in ("HOST", "OLLAMA_X", "UNKNOWN")] == [
        "OLLAMA_HOST",
        "OLLAMA_X",
        "UNKNOWN",
    ]


def test_what_there_is_to_know_of_a_change() -> None:
    said = notes((Change(N, "4"), Change("OLLAMA_OF_TOMORROW", "1"), Change("CUDA_OF_TOMORROW", "1")), NOW)
    assert [each.partition(":")[0] for each in said] == [
        N,
        "OLLAMA_OF_TOMORROW is not known here",
        "CUDA_OF_TOMORROW is not known here",
    ]
    assert "a driver" in said[2]
    assert notes((Change(N, None),), NOW) == ()

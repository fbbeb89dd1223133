"""What can be given to a variable, what cannot, and what a person should know of it."""

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from ollama_top.ollama.environment import HIDDEN
from ollama_top.ollama.given import LARGEST_BYTES, doubt, mistake, refusal

N = "OLLAMA_NUM_PARALLEL"


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("OLLAMA_ORIGINS", "a\nb", "OLLAMA_ORIGINS: a line break or another control character"),
        ("OLLAMA_ORIGINS", "a\x00b", "control character"),
        ("OLLAMA_ORIGINS", "\x1b[2J", "control character"),
        ("OLLAMA_ORIGINS", "a\u2028b", "control character"),
        ("OLLAMA_ORIGINS", "\udcff", "control character"),
        (
            "OLLAMA_ORIGINS",
            "x" * (1 << 20),
            "OLLAMA_ORIGINS: 1048576 bytes are more than the 100000 that are taken",
        ),
        ("OLLAMA_API_KEY", "hush", "OLLAMA_API_KEY: it may be a secret, which ollama-top does not keep"),
        ("OLLAMA_HOST", "http://me:hush@box", "OLLAMA_HOST: it may be a secret"),
        ("OLLAMA_HOST", HIDDEN, "OLLAMA_HOST: it may be a secret"),
        ("PATH", "/bin", "'PATH' is no variable of Ollama's or its runners'"),
        ("OLLAMA_TOP_TOKEN", "x", "is no variable of Ollama's"),
        ("OLLAMA_X=Y", "x", "is no variable of Ollama's"),
        ("OLLAMA_X\n", "x", "is no variable of Ollama's"),
        ("", "x", "'' is no variable of Ollama's"),
        ("OLLAMA_" + "X" * 1000, "x", "is no variable of Ollama's"),
    ],
)
def test_what_can_be_given_to_none(name: str, value: str, why: str) -> None:
    found = refusal(name, value)
    assert found is not None
    assert why in found
    assert "hush" not in found
    assert len(found) < 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (N, "4"),
        (N, None),
        ("OLLAMA_API_KEY", None),
        ("OLLAMA_ORIGINS", "\"quoted\" 'both' \\ % $HOME"),
        ("OLLAMA_ORIGINS", "x" * LARGEST_BYTES),
        ("LLAMA_ARG_CACHE_RAM", "0"),
        ("OLLAMA_NEW_THING", "1"),
    ],
)
def test_what_can_be_given(name: str, value: str | None) -> None:
    assert refusal(name, value) is None
    assert mistake(name, value) is None


def test_a_value_that_ollama_would_take_its_default_for_is_a_mistake() -> None:
    assert (
        mistake(N, "four") == f"{N}: 'four' is no whole number: Ollama warns in its log and takes the default"
    )
    assert mistake("OLLAMA_KEEP_ALIVE", "soon") is not None
    assert mistake(N, '""') is None


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OLLAMA_NUM_PARALEL", "4", "is OLLAMA_NUM_PARALLEL meant?"),
        ("OLLAMA_SOMETHING_ELSE", "4", "OLLAMA_SOMETHING_ELSE: no version of Ollama known here reads it"),
        ("OLLAMA_FLASH_ATTENTION", "maybe", "is neither true nor false: Ollama takes it for true"),
        (N, "0", "0 does not mean automatic any more"),
        (N, "300", "is more than the 256 that a runner can take"),
        ("OLLAMA_INTEL_GPU", "1", "OLLAMA_INTEL_GPU: this version of Ollama does not read it"),
        ("OLLAMA_INTEL_GPU", None, "does not read it"),
        ("LLAMA_ARG_WHATEVER", "1", None),
        (N, "4", None),
        (N, None, None),
    ],
)
def test_what_a_person_should_know_of_a_value(name: str, value: str | None, said: str | None) -> None:
    found = doubt(name, value, None)
    assert (found is None) if said is None else (found is not None and said in found)


def test_an_older_release_reads_what_it_read() -> None:
    assert doubt("OLLAMA_INTEL_GPU", "1", (0, 5, 0)) is None


@examples(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_judged(name: str, value: str) -> None:
    for each in (refusal(name, value), mistake(name, value), doubt(name, value, None)):
        assert each is None or each

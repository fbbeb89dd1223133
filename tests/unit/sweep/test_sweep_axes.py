"""What is to be swept: understood, or refused with what can be done."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.model.sweep import SweepSetting
from ollama_top.ollama.variables import DECLARED
from ollama_top.sweep import axes
from ollama_top.sweep.axes import SweepError, parse_axes

NEW, OLD = (0, 33, 0), (0, 24, 0)


def test_names_may_lack_their_beginning_and_a_value_may_be_left_unset() -> None:
    found = parse_axes(["NUM_PARALLEL=1, 2", "OLLAMA_FLASH_ATTENTION=unset,0,1", "LLAMA_ARG_CACHE_RAM=0"])
    assert [(each.variable.name, each.values) for each in found] == [
        ("OLLAMA_NUM_PARALLEL", ("1", "2")),
        ("OLLAMA_FLASH_ATTENTION", (None, "0", "1")),
        ("LLAMA_ARG_CACHE_RAM", ("0",)),
    ]
    every = list(axes.combinations(found))
    assert len(every) == 6
    assert axes.label(every[0]) == "NUM_PARALLEL=1 FLASH_ATTENTION=unset LLAMA_ARG_CACHE_RAM=0"


def test_without_words_the_usual_is_swept() -> None:
    (found,) = parse_axes([])
    assert (found.variable.name, found.values) == ("OLLAMA_NUM_PARALLEL", ("1", "2", "4", "8"))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["NUM_PARALLEL"], "is no NAME=VALUE,VALUE"),
        (["NUM_PARALLEL="], "is no NAME=VALUE,VALUE"),
        (["NUM_PARALLEL=1,,2"], "a value is empty; 'unset' leaves it unset"),
        (["NUM_PARALLEL=two"], "'two' is no whole number"),
        (["NUM_PARALLEL=0"], "0 does not mean automatic any more"),
        (["NUM_PARALLEL=65"], "64 at once are the most that are swept"),
        (["NUM_PARALELL=1"], "Ollama reads no NUM_PARALELL; OLLAMA_NUM_PARALLEL may be meant"),
        (["NONSENSE=1"], "Ollama reads no NONSENSE"),
        (["KV_CACHE_TYPE=q7"], "'q7' is no type that llama-server knows"),
        (["NUM_PARALLEL=1,01"], "two of the values mean the same"),
        (["FLASH_ATTENTION=1,true"], "two of the values mean the same"),
        (["NUM_PARALLEL=1", "OLLAMA_NUM_PARALLEL=2"], "OLLAMA_NUM_PARALLEL is given twice"),
        (["OLLAMA_HOST=0.0.0.0"], "cannot be swept: each server gets a free port"),
        (["NOPRUNE=0"], "cannot be swept"),
        (["MODELS=/tmp"], "--models names the folder"),
        (["NUM_PARALLEL=1,2,3,4,5,6,7,8,9", "CONTEXT_LENGTH=1,2,3,4,5,6,7,8"], "these are 72 combinations"),
    ],
)
def test_what_cannot_be_swept_is_refused(words: list[str], why: str) -> None:
    with pytest.raises(SweepError) as raised:
        parse_axes(words)
    assert why in str(raised.value)


@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_words_are_axes_or_refused(words: list[str]) -> None:
    with suppress(SweepError):
        assert 1 <= len(list(axes.combinations(parse_axes(words)))) <= axes.MOST_COMBINATIONS


def test_what_a_release_does_not_read_or_know_is_told() -> None:
    q4_1 = (SweepSetting("OLLAMA_KV_CACHE_TYPE", "q4_1"),)
    assert axes.problem_for(q4_1, NEW) is None
    assert "not known to this version" in str(axes.problem_for(q4_1, OLD))
    engine = (SweepSetting("OLLAMA_NEW_ENGINE", "1"),)
    assert axes.problem_for(engine, OLD) is None
    assert axes.problem_for(engine, NEW) == "this release does not read OLLAMA_NEW_ENGINE"
    assert axes.problem_for((SweepSetting("OLLAMA_NEW_ENGINE", None),), NEW) is None


@pytest.mark.parametrize(
    ("name", "value", "is_default"),
    [
        ("OLLAMA_NUM_PARALLEL", "1", True),
        ("OLLAMA_NUM_PARALLEL", "2", False),
        ("OLLAMA_NUM_PARALLEL", None, True),
        ("OLLAMA_KV_CACHE_TYPE", "F16", True),
        ("OLLAMA_KV_CACHE_TYPE", "q8_0", False),
        ("OLLAMA_SCHED_SPREAD", "0", True),
        ("OLLAMA_VULKAN", "1", True),
        ("OLLAMA_FLASH_ATTENTION", "1", False),
    ],
)
def test_a_default_is_known_however_it_is_written(name: str, value: str | None, is_default: bool) -> None:
    assert axes.is_default(SweepSetting(name, value), NEW) is is_default


def test_ties_are_broken_for_what_changes_least_and_is_smallest() -> None:
    those = parse_axes(["NUM_PARALLEL=8,1,2", "KV_CACHE_TYPE=q8_0,f16,q4_0"])
    every = sorted(axes.combinations(those), key=lambda each: axes.weight(those, each, NEW))
    assert [axes.label(each) for each in every[:4]] == [
        "NUM_PARALLEL=1 KV_CACHE_TYPE=f16",
        "NUM_PARALLEL=1 KV_CACHE_TYPE=q8_0",
        "NUM_PARALLEL=1 KV_CACHE_TYPE=q4_0",
        "NUM_PARALLEL=2 KV_CACHE_TYPE=f16",
    ]
    assert axes.label(every[-1]) == "NUM_PARALLEL=8 KV_CACHE_TYPE=q4_0"


def test_every_fixed_variable_is_one_of_ollamas() -> None:
    assert set(axes.FIXED) <= set(DECLARED)

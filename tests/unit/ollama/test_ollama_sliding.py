"""Which layers slide; that llama.cpp agrees for every architecture is held by the recorded caches."""

from typing import Any

import pytest

from ollama_top.ollama.model_keys import ModelKeys, WithheldError
from ollama_top.ollama.sliding import Sliding, sliding_of


def slides(name: str, layers: int = 6, *, is_known: bool = True, **values: Any) -> Sliding:
    info = {f"{name}.attention.{key}": value for key, value in values.items()}
    return sliding_of(ModelKeys(info, name), layers, is_known=is_known)


def test_gemma3_keeps_all_of_every_sixth_layer() -> None:
    assert slides("gemma3", 7, sliding_window=512) == Sliding(512, ((True,) * 5 + (False, True),))


@pytest.mark.parametrize("name", ["gpt-oss", "gptoss"])
def test_gpt_oss_alternates_also_under_ollamas_name(name: str) -> None:
    assert slides(name, 4, sliding_window=128) == Sliding(128, ((True, False, True, False),))


def test_a_window_that_is_not_given_may_be_known() -> None:
    assert slides("gemma2", 2).window_tokens == 4096
    assert slides("llama4", 4, sliding_window=100).window_tokens == 8192
    assert slides("smallthinker", 4, sliding_window=100).window_tokens == 4096
    assert slides("gemma3", 2) == Sliding(0, ((False, False),))
    assert slides("llama4", 2, sliding_window=0) == Sliding(0, ((False, False),))


def test_a_list_goes_by_the_layer() -> None:
    assert slides("gemma4", 3, sliding_window=512, sliding_window_pattern=[True, True, False]) == Sliding(
        512, ((True, True, False),)
    )


def test_a_list_that_was_left_out_must_be_asked_for_where_it_decides() -> None:
    with pytest.raises(WithheldError):
        slides("gemma4", 3, sliding_window=512, sliding_window_pattern=None)
    assert slides("gemma3", 6, sliding_window=512, sliding_window_pattern=None).patterns[0].count(False) == 1


def test_an_architecture_of_tomorrow_slides_in_all_layers_or_in_none() -> None:
    assert slides("gemma9", 2, is_known=False, sliding_window=512) == Sliding(
        512, ((True, True), (False, False))
    )
    assert slides("gemma9", 2, is_known=False) == Sliding(0, ((False, False),))
    listed = slides("gemma9", 2, is_known=False, sliding_window=512, sliding_window_pattern=[1, 0])
    assert listed == Sliding(512, ((True, False),))


def test_an_architecture_that_takes_no_notice_of_a_window_does_not_slide() -> None:
    assert slides("llama", 2, sliding_window=4096) == Sliding(0, ((False, False),))

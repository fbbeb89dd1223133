"""States of fixed size; that llama.cpp agrees for every architecture is held by the recorded caches."""

from typing import Any

import pytest

from ollama_top.ollama.model_keys import ModelKeys, WithheldError
from ollama_top.ollama.recurrent import attending_layers, recurrent_layers, state_numbers


def keys(name: str, **values: Any) -> ModelKeys:
    return ModelKeys({f"{name}.{key.replace('__', '.')}": value for key, value in values.items()}, name)


def test_one_layer_in_four_of_qwen35_attends_and_drafts_keep_nothing() -> None:
    found = keys("qwen35")
    recurring = recurrent_layers(found, (4,) * 9, 8)
    assert recurring == (True, True, True, False, True, True, True, False, False)
    assert attending_layers(found, recurring, 8) == (*(not each for each in recurring[:8]), False)


def test_a_list_of_recurrent_layers_goes_before_the_interval() -> None:
    found = keys("qwen35", attention__recurrent_layers=[0, 1, 0], full_attention_interval=2)
    assert recurrent_layers(found, (4,) * 3, 3) == (False, True, False)
    with pytest.raises(WithheldError):
        recurrent_layers(keys("qwen35", attention__recurrent_layers=None), (4,) * 3, 3)


def test_a_layer_of_nemotron_attends_recurs_or_does_neither() -> None:
    found = keys("nemotron_h", feed_forward_length=[0, 0, 4096])
    recurring = recurrent_layers(found, (8, 0, 0), 3)
    assert recurring == (False, True, False)
    assert attending_layers(found, recurring, 3) == (True, False, False)


def test_plain_attention_recurs_nowhere_also_in_layers_without_heads() -> None:
    assert recurrent_layers(keys("llama"), (8, 0), 2) == (False, False)


def test_the_state_of_mamba2_of_370m() -> None:
    found = keys(
        *("mamba2",), ssm__conv_kernel=4, ssm__inner_size=2048, ssm__state_size=128, ssm__group_count=1
    )
    assert state_numbers(found) == 3 * (2048 + 2 * 128) + 128 * 2048


def test_the_state_of_lfm2_is_a_short_past() -> None:
    assert state_numbers(keys("lfm2", embedding_length=2048, shortconv__l_cache=3)) == 4096


def test_a_model_that_tells_nothing_keeps_no_state() -> None:
    assert [state_numbers(keys(each)) for each in ("mamba", "lfm2", "rwkv7", "minimax-01")] == [0] * 4

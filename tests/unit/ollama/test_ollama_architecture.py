"""The shape of models from what /api/show tells of them."""

from typing import Any

import pytest
from captured import Capture
from hypothesis import example, given
from hypothesis import strategies as st

from ollama_top.ollama.architecture import Layer, UnknownShapeError, parse_architecture
from ollama_top.ollama.model_keys import WithheldError


def info(name: str, **values: Any) -> dict[str, Any]:
    told = {f"{name}.{key.replace('__', '.')}": value for key, value in values.items()}
    return {"general.architecture": name, **told}


def plain(name: str = "llama", layers: int = 2, **more: Any) -> dict[str, Any]:
    heads = {"attention__head_count": 32, "attention__head_count_kv": 8}
    return info(name, block_count=layers, embedding_length=4096, **(heads | more))


def test_gemma_of_the_recordings_is_told_whole(capture: Capture) -> None:
    found = parse_architecture(capture.json("show")["model_info"], ("completion",))
    assert (found.name, found.trained_context_tokens, found.window_tokens) == ("gemma3", 32768, 512)
    (layers,) = found.layouts
    assert len(layers) == 18
    assert [at for at, each in enumerate(layers) if not each.slides] == [5, 11, 17]
    assert {(each.keys, each.values, each.state) for each in layers} == {(256, 256, 0)}
    assert found.guessed_bytes_per_token == 2 * 2 * 18 * 160


def test_the_length_of_a_head_follows_from_the_embedding_unless_told() -> None:
    assert parse_architecture(plain(), None).layouts == ((Layer(1024, 1024),) * 2,)
    told = plain(attention__key_length=64, attention__value_length=96)
    assert parse_architecture(told, None).layouts == ((Layer(512, 768),) * 2,)


def test_layers_may_have_heads_of_their_own_or_none() -> None:
    found = parse_architecture(plain("deci", attention__head_count_kv=[8, 0]), None)
    assert found.layouts == ((Layer(1024, 1024), Layer()),)
    assert found.guessed_bytes_per_token == 2 * 2 * 2 * 1 * 128


def test_the_heads_of_a_layer_that_slides_may_be_shorter() -> None:
    told = plain(
        "gemma4",
        attention__key_length=512,
        attention__value_length=512,
        attention__key_length_swa=256,
        attention__value_length_swa=256,
        attention__sliding_window=512,
        attention__sliding_window_pattern=[True, False],
    )
    assert parse_architecture(told, None).layouts == ((Layer(2048, 2048, slides=True), Layer(4096, 4096)),)


def test_layers_that_share_keep_nothing() -> None:
    pattern = {"attention__sliding_window": 512, "attention__sliding_window_pattern": [1, 0, 1, 0]}
    told = plain("gemma4", 4, attention__shared_kv_layers=2, **pattern)
    (layers,) = parse_architecture(told, None).layouts
    assert [bool(each.keys) for each in layers] == [True, True, False, False]


def test_latent_attention_keeps_one_row_and_no_v() -> None:
    latent = {
        "attention__head_count_kv": 1,
        "attention__kv_lora_rank": 512,
        "attention__key_length": 576,
        "attention__value_length": 512,
    }
    told = plain("deepseek2", **latent, attention__key_length_mla=192, attention__value_length_mla=128)
    assert parse_architecture(told, None).layouts[0][0] == Layer(576, 0, 512)
    assert parse_architecture(plain("deepseek2", **latent), None).layouts[0][0] == Layer(576, 512)


def test_ollamas_glm_lite_is_taken_for_what_llama_cpp_makes_of_it() -> None:
    told = plain(
        "glm4moelite",
        attention__head_count_kv=20,
        attention__key_length=256,
        attention__value_length=256,
        attention__kv_lora_rank=512,
        rope__dimension_count=64,
    )
    assert parse_architecture(told, None).layouts[0][0] == Layer(576, 0, 512)


def test_the_most_heads_of_qwen35_stand_for_all_its_layers() -> None:
    told = plain("qwen35", 4, attention__head_count_kv=[0, 0, 0, 4], ssm__state_size=128, ssm__inner_size=64)
    (layers,) = parse_architecture(told, None).layouts
    assert [each.keys for each in layers] == [0, 0, 0, 512]
    assert [each.state for each in layers] == [8192, 8192, 8192, 0]


def test_encoders_have_no_cache_and_neither_has_ollamas_embedding_gemma() -> None:
    assert parse_architecture(plain("bert"), None).layouts == ((),)
    assert parse_architecture(plain("gemma3"), ("embedding",)).layouts == ((),)
    assert parse_architecture(plain("gemma3"), ("completion", "vision")).layouts != ((),)


def test_an_architecture_of_tomorrow_has_two_layouts() -> None:
    few, many = parse_architecture(plain("gemma9", attention__sliding_window=512), None).layouts
    assert few == tuple(Layer(1024, 1024, slides=True) for _ in range(2))
    assert many == tuple(Layer(1024, 1024) for _ in range(2))


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({}, "tells no architecture"),
        ({"general.architecture": 7}, "tells no architecture"),
        (info("llama"), "how many layers"),
        (info("llama", block_count=0), "how many layers"),
        (info("llama", block_count=10**9), "how many layers"),
        (info("llama", block_count=4), "the heads of its attention"),
        (plain("deepseek4"), "of a kind that ollama-top cannot work out"),
    ],
)
def test_what_does_not_tell_is_not_taken_for_nothing(told: dict[str, Any], why: str) -> None:
    with pytest.raises(UnknownShapeError, match=why):
        parse_architecture(told, None)


@pytest.mark.parametrize("key", ["attention__head_count_kv", "attention__head_count"])
def test_a_list_of_heads_that_was_left_out_must_be_asked_for(key: str) -> None:
    with pytest.raises(WithheldError, match=r"llama\.attention\.head_count"):
        parse_architecture(plain(**{key: None}), None)


NAMES = ["llama", "gemma3", "gemma4", "gemma9", "qwen35", "nemotron_h", "deepseek2", "glm4moelite", "rwkv7"]
KEYS = [
    "block_count",
    "embedding_length",
    "context_length",
    "nextn_predict_layers",
    "attention.head_count",
    "attention.head_count_kv",
    "attention.key_length",
    "attention.value_length",
    "attention.key_length_swa",
    "attention.sliding_window",
    "attention.sliding_window_pattern",
    "attention.shared_kv_layers",
    "feed_forward_length",
    "full_attention_interval",
    "ssm.conv_kernel",
    "attention.key_length_mla",
]
VALUE = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.lists(st.integers(-1, 9) | st.booleans(), max_size=6)
)
TOLD = st.sampled_from(NAMES).flatmap(
    lambda name: st.dictionaries(st.sampled_from(KEYS), VALUE | st.integers(0, 9), max_size=len(KEYS)).map(
        lambda told: info(name, **told)
    )
)


@given(TOLD)
@example(info("qwen35", block_count=4, full_attention_interval=0, attention__head_count=4))
@example(plain(attention__head_count=0, attention__head_count_kv=0))
@example(plain("gemma3", attention__sliding_window=512, attention__sliding_window_pattern=0))
def test_any_metadata_gives_layers_or_says_why_not(told: dict[str, Any]) -> None:
    try:
        found = parse_architecture(told, None)
    except (UnknownShapeError, WithheldError):
        return
    assert found.layouts
    assert all(min(each.keys, each.values, each.state) >= 0 for layers in found.layouts for each in layers)

"""What one more request at once would take: worked out from the model's shape, or why it cannot be."""

from dataclasses import replace
from typing import Any

import pytest
from engine_samples import NAME, api, go_runner, listed, reason, runner, samples, shown, snapshot, tree, value

from ollama_top.model.reading import Missing, Reading, Source, Why
from ollama_top.ollama.architecture import Architecture, Layer

DENSE = Architecture("llama", 131_072, 0, ((Layer(1024, 1024),) * 32,), 0)
SLIDING = ((Layer(1024, 1024, slides=True),) * 32,)
TOKEN = 32 * 2 * 1024 * 2
"""Bytes that 32 such layers keep of one token in f16."""


def cost(
    shape: Architecture | Missing = DENSE, version: str = "0.33.0", is_go: bool = False, **args: Any
) -> Reading[int]:
    """Of the only model there is, which is served 2 at once with a context of 4096 tokens."""
    told = api(listed(), shows={NAME: replace(shown(), architecture=shape)}, version=version)
    (model,) = snapshot(samples(api=told, tree=tree((go_runner if is_go else runner)(**args)))).models
    return model.request_kv_bytes


@pytest.mark.parametrize(
    ("kind", "expected"), [(None, 4096 * TOKEN), ("q8_0", 4096 * TOKEN // 64 * 34), ("f32", 8192 * TOKEN)]
)
def test_one_more_request_takes_a_context(kind: str | None, expected: int) -> None:
    found = cost(kv_cache_type=kind)
    assert value(found) == expected
    assert found.source is Source.ESTIMATE  # type: ignore[union-attr]


def test_layers_that_slide_keep_a_window_and_what_is_read_in_a_step() -> None:
    sliding = replace(DENSE, window_tokens=1024, layouts=SLIDING)
    assert value(cost(sliding, batch_tokens=512)) == 1536 * TOKEN
    assert value(cost(sliding, batch_tokens=1024)) == 2048 * TOKEN


def test_of_several_shapes_the_largest_counts() -> None:
    unsure = replace(DENSE, window_tokens=1024, layouts=(*SLIDING, *DENSE.layouts))
    assert value(cost(unsure)) == 4096 * TOKEN


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (cost(Missing(Why.UNSUPPORTED, "of a kind that cannot be worked out")), Why.UNSUPPORTED),
        (cost(is_go=True, version="0.24.0"), Why.UNSUPPORTED),
        (cost(kv_cache_type="q9_9"), Why.UNSUPPORTED),
    ],
)
def test_what_is_not_told_is_not_guessed(found: Reading[int], why: Why) -> None:
    assert reason(found).why is why


def test_a_model_whose_shape_was_not_asked_yet() -> None:
    (model,) = snapshot(samples(api=api(listed(), shows={}), tree=tree())).models
    assert reason(model.request_kv_bytes).why is Why.PENDING

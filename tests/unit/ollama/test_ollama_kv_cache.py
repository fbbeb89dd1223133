"""The size of a cache is what real runners allocated: every load of the recordings, and all architectures."""

import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from caches import MIB, loads_of
from captured import CAPTURES, NEWEST, Allocated, Capture, allocated
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.ollama.architecture import (
    Architecture,
    Layer,
    UnknownShapeError,
    parse_architecture,
)
from ollama_top.ollama.cache_types import BLOCKS
from ollama_top.ollama.kv_cache import CacheSettings, Engine, engine_of, sizes_bytes

SIZE = re.compile(r": size = +([\d.]+) MiB")
GEMMA = parse_architecture(Capture(NEWEST).json("show")["model_info"], ("completion",))
LOGS = sorted(CAPTURES.glob("ollama-*/*.server.log"))


@pytest.mark.parametrize("path", LOGS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_recorded_load_of_ollama(path: Path) -> None:
    found = loads_of(path.read_text())
    assert found
    for load in found:
        (size,) = sizes_bytes(GEMMA, load.settings, load.engine)
        assert size / MIB == pytest.approx(load.logged_mib, abs=load.rounding_mib), load


def test_there_are_many_loads_of_both_kinds() -> None:
    engines = [load.engine for path in LOGS for load in loads_of(path.read_text())]
    assert engines.count(Engine.LLAMA_CPP) >= 19
    assert engines.count(Engine.OLLAMA) >= 14


def test_gemma_at_two_at_once_takes_12_and_30_mib() -> None:
    dense = replace(GEMMA, layouts=(tuple(each for each in GEMMA.layouts[0] if not each.slides),))
    settings = CacheSettings(2, 2048)
    assert sizes_bytes(dense, settings) == (12 * MIB,)
    assert sizes_bytes(GEMMA, settings) == (42 * MIB,)


RECORDED: dict[str, list[Allocated]] = defaultdict(list)
for each in allocated():
    RECORDED[each.model_info["general.architecture"]].append(each)
OF_ANOTHER_KIND = {"deepseek32", "glm-dsa", "kimi-k3", "minimax-m3", "nanbeige", "t5", "t5encoder"}


@pytest.mark.parametrize("name", sorted(RECORDED.keys() - OF_ANOTHER_KIND))
def test_every_architecture_as_llama_cpp_allocates_it(name: str) -> None:
    for load in RECORDED[name]:
        settings = CacheSettings(
            load.parallel,
            load.context_tokens,
            f"{load.key_type}/{load.value_type}",
            load.batch_tokens,
            load.has_flash_attention,
        )
        (size,) = sizes_bytes(parse_architecture(load.model_info, None), settings)
        logged = [float(found[1]) for line in load.log if (found := SIZE.search(line))]
        assert size / MIB == pytest.approx(sum(logged), abs=0.006 * len(logged) + 1e-9), load


@pytest.mark.parametrize("name", sorted(OF_ANOTHER_KIND))
def test_a_cache_of_another_kind_is_not_guessed(name: str) -> None:
    with pytest.raises(UnknownShapeError, match="cannot work out"):
        parse_architecture(RECORDED[name][0].model_info, None)


def test_the_recordings_hold_every_kind_of_layer() -> None:
    layers = [
        layer
        for name in RECORDED.keys() - OF_ANOTHER_KIND
        for layer in parse_architecture(RECORDED[name][-1].model_info, None).layouts[0]
    ]
    assert len(RECORDED) > 110
    assert any(each.slides for each in layers)
    assert any(each.state and not each.keys for each in layers), "recurrent"
    assert any(each.state and each.keys for each in layers), "both at once"
    assert any(each.keys and not each.values for each in layers), "latent"
    assert any(each == Layer() for each in layers), "feeds forward, or shares"


@pytest.mark.parametrize(
    ("name", "release", "engine"),
    [
        ("gemma3", None, Engine.LLAMA_CPP),
        ("gemma3", (0, 30, 0), Engine.LLAMA_CPP),
        ("gemma3", (0, 24, 0), Engine.OLLAMA),
        ("qwen2", (0, 24, 0), Engine.LLAMA_CPP),
    ],
)
def test_which_engine_runs_what(name: str, release: Any, engine: Engine) -> None:
    assert engine_of(name, release) is engine


@pytest.mark.parametrize(
    ("name", "slots", "tokens"),
    [
        ("gemma3", 1, 1024 + 512),
        ("gemma3", 2, 2 * 1025 + 512),  # a place more for the token that ends an answer
        ("gemma4", 2, 2 * 4096 + 512),  # remembers more than its window
        ("llama4", 2, 2 * 8192),  # keeps all
    ],
)
def test_the_pool_of_ollamas_own_engine(name: str, slots: int, tokens: int) -> None:
    shape = Architecture(name, None, 1024, ((Layer(64, 64, slides=True),),), 0)
    (size,) = sizes_bytes(shape, CacheSettings(slots, 8192), Engine.OLLAMA)
    assert size == -(-tokens // 256) * 256 * 2 * 128


def test_a_latent_layer_keeps_v_in_ollamas_own_engine_alone() -> None:
    shape = Architecture("deepseek2", None, 0, ((Layer(576, 0, 512),),), 0)
    assert sizes_bytes(shape, CacheSettings(1, 4096)) == (4096 * 2 * 576,)
    assert sizes_bytes(shape, CacheSettings(1, 4096), Engine.OLLAMA) == (4096 * 2 * (576 + 512),)


WIDTHS = st.integers(0, 40).map(lambda each: each * 32)
LAYERS = st.builds(Layer, WIDTHS, WIDTHS, WIDTHS, st.booleans(), st.integers(0, 4096))
SHAPES = st.builds(
    Architecture,
    st.sampled_from(["gemma3", "gemma4", "llama4", "llama"]),
    st.none(),
    st.integers(0, 8192),
    st.lists(LAYERS, max_size=8).map(lambda layers: (tuple(layers),)),
    st.just(0),
)
SETTINGS = st.builds(
    CacheSettings,
    st.integers(1, 256),
    st.integers(1, 1 << 20),
    st.sampled_from([*BLOCKS, "q8_0/q4_0"]),
    st.sampled_from([1, 256, 512, 1024, 2048]),
    st.booleans(),
)
ENGINES = st.sampled_from(Engine)


def total(shape: Architecture, settings: CacheSettings, engine: Engine) -> int:
    (size,) = sizes_bytes(shape, settings, engine)
    return size


@given(SHAPES, SETTINGS, ENGINES)
def test_more_at_once_never_takes_less(shape: Architecture, settings: CacheSettings, engine: Engine) -> None:
    one_more = replace(settings, parallel=settings.parallel + 1)
    assert total(shape, one_more, engine) >= total(shape, settings, engine) >= 0


@given(SHAPES, SETTINGS, st.integers(1, 100_000))
def test_a_longer_context_never_takes_less(shape: Architecture, settings: CacheSettings, more: int) -> None:
    longer = replace(settings, context_tokens=settings.context_tokens + more)
    assert total(shape, longer, Engine.LLAMA_CPP) >= total(shape, settings, Engine.LLAMA_CPP)


@given(SHAPES, SETTINGS)
def test_slots_of_llama_server_cost_the_same_each(shape: Architecture, settings: CacheSettings) -> None:
    one = replace(settings, parallel=1)
    assert total(shape, settings, Engine.LLAMA_CPP) == settings.parallel * total(shape, one, Engine.LLAMA_CPP)


@given(SHAPES, SETTINGS, ENGINES)
def test_smaller_types_never_take_more(shape: Architecture, settings: CacheSettings, engine: Engine) -> None:
    sizes = [
        total(shape, replace(settings, kv_cache_type=kind), engine) for kind in ("q4_0", "q8_0", "f16", "f32")
    ]
    assert sizes == sorted(sizes)

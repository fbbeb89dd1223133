"""What each layer of a model keeps of the tokens that it has read: the shape of its K/V cache.

Read in llama.cpp at 4df29be4f: `load_hparams` and `create_memory` of src/llama-model.cpp, and in
llama/compat of Ollama 0.33, which gives llama.cpp other keys than those that a file holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ollama_top.ollama import recurrent, sliding
from ollama_top.ollama.jsonic import Object, text
from ollama_top.ollama.known_architectures import KNOWN, OF_ANOTHER_KIND, WITHOUT_CACHE
from ollama_top.ollama.model_keys import ARCHITECTURE, ModelKeys

MOST_LAYERS = 512  # llama.cpp loads no more
HEADS, HEADS_KV = "attention.head_count", "attention.head_count_kv"
KEY_LENGTH, VALUE_LENGTH = "attention.key_length", "attention.value_length"
LATENT = "attention.kv_lora_rank"
FIRST_LAYERS_KEEP = {"gemma3n": 20}
"""Architectures in which the layers after so many read what these keep."""

DRAFTS_APART = frozenset({"hy_v3", "mimo2", "step35"})
"""Architectures whose draft layers, at the end, keep nothing unless a draft is asked for."""


class UnknownShapeError(Exception):
    """What a model keeps cannot be told from its metadata; the text says why."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What one layer keeps."""

    keys: int = 0  # numbers of K for each token
    values: int = 0  # numbers of V for each token
    latent_values: int = 0  # of them once more, kept by Ollama's own engine alone
    slides: bool = False  # keeps tokens of the window only
    state: int = 0  # numbers for each sequence, whatever its length


@dataclass(frozen=True, slots=True)
class Architecture:
    """The shape of a model's cache."""

    name: str
    trained_context_tokens: int | None
    window_tokens: int  # of layers that slide
    layouts: tuple[tuple[Layer, ...], ...]  # one where the model tells, else all that it may have
    guessed_bytes_per_token: int  # what Ollama 0.30 and later reckons with, whatever the layout


def parse_architecture(info: Object, capabilities: Sequence[str] | None) -> Architecture:
    """The shape of a model from `model_info` of /api/show.

    Raises WithheldError where a list was left out: it is told when everything is asked for.
    Raises UnknownShapeError where the metadata does not tell, or is of no model that Ollama runs.
    """
    name = text(info, ARCHITECTURE)
    if name is None:
        raise UnknownShapeError("the model tells no architecture")
    keys = ModelKeys(info, name)
    layers = keys.number("block_count")
    if not layers or layers > MOST_LAYERS:
        raise UnknownShapeError("the model does not tell how many layers it has")
    if name in OF_ANOTHER_KIND:
        raise UnknownShapeError(f"the cache of {name} is of a kind that ollama-top cannot work out")
    if _has_no_cache(name, capabilities):
        return _architecture(keys, layers, 0, ((),))
    return _with_layers(keys, layers)


def _has_no_cache(name: str, capabilities: Sequence[str] | None) -> bool:
    """Whether it is an encoder; Ollama's embedding gemma calls itself gemma3."""
    is_embedding = bool(capabilities) and "completion" not in (capabilities or ())
    return name in WITHOUT_CACHE or (name == "gemma3" and is_embedding)


def _with_layers(keys: ModelKeys, layers: int) -> Architecture:
    found = sliding.sliding_of(keys, layers, is_known=keys.architecture in KNOWN)
    plain = _plain_layers(keys, layers)
    if not any(each.keys or each.state for each in plain):
        raise UnknownShapeError("the model does not tell the heads of its attention")
    layouts = tuple(
        tuple(_slid(keys, each, slides=slides) for each, slides in zip(plain, pattern, strict=True))
        for pattern in found.patterns
    )
    return _architecture(keys, layers, found.window_tokens, layouts)


def _architecture(
    keys: ModelKeys, layers: int, window_tokens: int, layouts: tuple[tuple[Layer, ...], ...]
) -> Architecture:
    return Architecture(
        keys.architecture,
        keys.number("context_length") or None,
        window_tokens,
        layouts,
        _guessed_bytes_per_token(keys, layers),
    )


def _plain_layers(keys: ModelKeys, layers: int) -> tuple[Layer, ...]:
    """The layers as they are when none slides."""
    heads = _heads_kv(keys, layers)
    trunk = layers - (keys.number("nextn_predict_layers") or 0)
    recurring = recurrent.recurrent_layers(keys, heads, trunk)
    attending = recurrent.attending_layers(keys, recurring, trunk)
    state = recurrent.state_numbers(keys) if any(recurring) else 0
    keeping = _keeping(keys, layers, trunk)
    return tuple(
        _layer(keys, heads[at], state if recurring[at] else 0, attends=attending[at] and at < keeping)
        for at in range(layers)
    )


def _keeping(keys: ModelKeys, layers: int, trunk: int) -> int:
    """How many layers keep K and V of their own; those after them share or draft."""
    if keys.architecture in DRAFTS_APART:
        return trunk
    shared = keys.number("attention.shared_kv_layers") or 0 if keys.architecture == "gemma4" else 0
    return min(layers - shared, FIRST_LAYERS_KEEP.get(keys.architecture, layers))


def _layer(keys: ModelKeys, heads: int, state: int, *, attends: bool) -> Layer:
    if not attends:
        return Layer(state=state)
    if keys.architecture == "glm4moelite" or _is_latent(keys):
        return _latent_layer(keys, heads, state)
    return Layer(heads * _head(keys, KEY_LENGTH), heads * _head(keys, VALUE_LENGTH), state=state)


def _is_latent(keys: ModelKeys) -> bool:
    """Whether K and V are kept as one compressed row (MLA); old files of deepseek2 keep full heads."""
    return bool(keys.number(f"{KEY_LENGTH}_mla")) and bool(keys.number(f"{VALUE_LENGTH}_mla"))


def _latent_layer(keys: ModelKeys, heads: int, state: int) -> Layer:
    rank = keys.number(LATENT) or 0
    if keys.architecture == "glm4moelite":  # Ollama hands it over as deepseek2, with other lengths
        return Layer(rank + (keys.number("rope.dimension_count") or 0), 0, rank, state=state)
    return Layer(heads * _head(keys, KEY_LENGTH), 0, rank, state=state)


def _slid(keys: ModelKeys, layer: Layer, *, slides: bool) -> Layer:
    """The layer if it slides: its heads may then be of another length."""
    if not slides or not layer.keys:
        return layer
    return Layer(
        _rescaled(layer.keys, _head(keys, KEY_LENGTH), keys.number(f"{KEY_LENGTH}_swa")),
        _rescaled(layer.values, _head(keys, VALUE_LENGTH), keys.number(f"{VALUE_LENGTH}_swa")),
        layer.latent_values,
        slides=True,
        state=layer.state,
    )


def _rescaled(numbers: int, length: int, other: int | None) -> int:
    return numbers // length * other if other and length else numbers


def _heads_kv(keys: ModelKeys, layers: int) -> tuple[int, ...]:
    """K/V heads of each layer: as many as attention heads unless told."""
    if keys.has(HEADS_KV):
        heads = keys.per_layer(HEADS_KV, layers, default=0)
    else:
        heads = keys.per_layer(HEADS, layers, default=0)
    if keys.architecture in {"qwen3next", "qwen35", "qwen35moe"}:
        return (max(heads),) * layers  # Ollama hands the most of a list over, for all layers
    return heads


def _head(keys: ModelKeys, key: str) -> int:
    """The length of a head of K or V."""
    told = keys.number(key)
    if told is not None:
        return told
    heads = keys.per_layer(HEADS, 1, default=0)[0]
    return (keys.number("embedding_length") or 0) // heads if heads else 0


def _guessed_bytes_per_token(keys: ModelKeys, layers: int) -> int:
    """K and V in f16 of the fewest heads of any layer, each as long as the embedding allows."""
    heads = max(keys.per_layer(HEADS, layers, default=1))
    fewest = min(keys.per_layer(HEADS_KV, layers, default=1)) or 1
    length = (keys.number("embedding_length") or 0) // heads if heads else 0
    return 2 * 2 * layers * fewest * length

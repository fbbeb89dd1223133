"""Layers that keep a state of fixed size for each sequence, instead of something for each token.

Read in llama.cpp at 4df29be4f: `load_arch_hparams` of src/models, `n_embd_r` and `n_embd_s` of
src/llama-hparams.cpp. The state is kept in f32, whatever the type of the K/V cache.
"""

from collections.abc import Sequence

from ollama_top.ollama.model_keys import ModelKeys

STATE_BYTES = 4
RWKV = frozenset({"rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7"})
WHOLLY = RWKV | {"mamba", "mamba2"}
"""Architectures without attention."""

AND_ATTENTION = frozenset({"falcon-h1"})
"""Architectures whose every layer does both."""

INTERVALS = {"qwen3next": 4, "qwen35": 4, "qwen35moe": 4, "minimax-01": 8}
"""Architectures in which one layer in so many attends, unless the model gives another number or a list."""

BY_HEADS = frozenset(
    {"granitehybrid", "jamba", "kimi-linear", "lfm2", "lfm2moe", "plamo2"}
    | {"nemotron_h", "nemotron_h_moe", "nemotron_h_omni"}
)
"""Architectures in which a layer without K/V heads is recurrent."""

FEEDS_FORWARD = frozenset({"nemotron_h", "nemotron_h_moe", "nemotron_h_omni"})
"""Of those, the ones in which a layer may be neither: it only feeds forward."""

WITHOUT_GROUPS = frozenset({"jamba", "mamba"})


def recurrent_layers(keys: ModelKeys, heads: Sequence[int], trunk: int) -> tuple[bool, ...]:
    """Which layers are recurrent; `heads` are the K/V heads of each, `trunk` how many are no draft's.

    Raises WithheldError where the model tells it in a list that was left out.
    """
    name, layers = keys.architecture, len(heads)
    if name in WHOLLY | AND_ATTENTION:
        return (True,) * layers
    if name in INTERVALS:
        return _by_interval(keys, layers, trunk)
    if name not in BY_HEADS:
        return (False,) * layers
    feeds = keys.per_layer("feed_forward_length", layers, default=0) if name in FEEDS_FORWARD else ()
    return tuple(not each and not any(feeds[at : at + 1]) for at, each in enumerate(heads))


def attending_layers(keys: ModelKeys, recurrent: Sequence[bool], trunk: int) -> tuple[bool, ...]:
    """Which layers may keep K and V; raises WithheldError as above."""
    name, layers = keys.architecture, len(recurrent)
    if name in AND_ATTENTION:
        return (True,) * layers
    feeds = keys.per_layer("feed_forward_length", layers, default=0) if name in FEEDS_FORWARD else ()
    last = trunk if name in INTERVALS else layers
    return tuple(at < last and not each and not any(feeds[at : at + 1]) for at, each in enumerate(recurrent))


def state_numbers(keys: ModelKeys) -> int:
    """How many numbers a recurrent layer keeps for each sequence."""
    name = keys.architecture
    embedding, heads = keys.number("embedding_length") or 0, _heads(keys)
    if name in RWKV:
        shifts = keys.number("token_shift_count")
        return (2 if shifts is None else shifts) * embedding + embedding * (keys.number("wkv.head_size") or 0)
    if name in {"lfm2", "lfm2moe"}:
        return embedding * max(0, (keys.number("shortconv.l_cache") or 0) - 1)
    if name == "kimi-linear":
        head, kernel = keys.number("kda.head_dim") or 0, keys.number("ssm.conv_kernel") or 4
        return 3 * (kernel - 1) * heads * head + head * head * heads
    if name == "minimax-01":
        return (keys.number("attention.key_length") or (embedding // heads if heads else 0)) ** 2 * heads
    return _state_space_numbers(keys)


def _state_space_numbers(keys: ModelKeys) -> int:
    inner, state = keys.number("ssm.inner_size") or 0, keys.number("ssm.state_size") or 0
    groups = 0 if keys.architecture in WITHOUT_GROUPS else keys.number("ssm.group_count") or 0
    kernel = max(0, (keys.number("ssm.conv_kernel") or 0) - 1)
    return kernel * (inner + 2 * groups * state) + state * inner


def _heads(keys: ModelKeys) -> int:
    """The attention heads of the first layer."""
    return keys.per_layer("attention.head_count", 1, default=0)[0]


def _by_interval(keys: ModelKeys, layers: int, trunk: int) -> tuple[bool, ...]:
    if keys.has("attention.recurrent_layers"):
        return tuple(bool(each) for each in keys.per_layer("attention.recurrent_layers", layers, default=0))
    interval = keys.number("full_attention_interval") or INTERVALS[keys.architecture]
    return tuple(at < trunk and (at + 1) % interval != 0 for at in range(layers))

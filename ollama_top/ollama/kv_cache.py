"""How much memory a model's K/V cache takes under given settings: what a runner allocates at its load.

Must agree with what the runners log, to the MiB. Since 0.30 and in older runners of llama.cpp each
slot has cells of its own; Ollama's own engine, which 0.30 ended, kept one pool for all slots.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from ollama_top.ollama import cache_types
from ollama_top.ollama.architecture import Architecture, Layer
from ollama_top.ollama.families import Release
from ollama_top.ollama.known_architectures import OF_OLLAMAS_ENGINE
from ollama_top.ollama.recurrent import STATE_BYTES

CELLS = 256
"""Runners round the cells of a cache up to a multiple of this."""

LLAMA_SERVER_SINCE: Release = (0, 30, 0)
REMEMBERED_TOKENS = {"gemma4": 4096, "gpt-oss": 4096, "gptoss": 4096}
"""What that engine keeps of a layer that slides, beyond its window, to resume earlier."""

KEPT_WHOLE = frozenset({"llama4"})
"""Architectures whose layers that slide keep all tokens in that engine."""


class Engine(Enum):
    """How a runner lays its cache out."""

    LLAMA_CPP = auto()
    OLLAMA = auto()  # its own engine


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """What decides the size of a cache, beside the model."""

    parallel: int
    context_tokens: int  # of one slot
    kv_cache_type: str = cache_types.DEFAULT  # or two, of K and V, by a slash
    batch_tokens: int = 512  # read in one step
    has_flash_attention: bool = True


def engine_of(architecture_name: str, release: Release | None) -> Engine:
    """Which engine runs an architecture in a release; an unknown release means the newest."""
    is_old = release is not None and release < LLAMA_SERVER_SINCE
    return Engine.OLLAMA if is_old and architecture_name in OF_OLLAMAS_ENGINE else Engine.LLAMA_CPP


def sizes_bytes(
    architecture: Architecture, settings: CacheSettings, engine: Engine = Engine.LLAMA_CPP
) -> tuple[int, ...]:
    """The size of the cache for each layout that the model may have; one where the model tells."""
    return tuple(_size_bytes(each, architecture, settings, engine) for each in architecture.layouts)


def _size_bytes(
    layers: Sequence[Layer], architecture: Architecture, settings: CacheSettings, engine: Engine
) -> int:
    cells = {slides: _cells(architecture, settings, engine, slides=slides) for slides in (False, True)}
    widest = max((each.values for each in layers), default=0)
    return sum(
        cells[each.slides] * _token_bytes(each, widest, settings, engine)
        + settings.parallel * STATE_BYTES * each.state
        for each in layers
    )


def _token_bytes(layer: Layer, widest: int, settings: CacheSettings, engine: Engine) -> int:
    """What a layer keeps of one token; without flash attention V is as wide as in the widest layer."""
    if not layer.keys:
        return 0
    keys, values = cache_types.split(settings.kv_cache_type)
    is_padded = layer.values and engine is Engine.LLAMA_CPP and not settings.has_flash_attention
    wide = widest if is_padded else layer.values
    wide += layer.latent_values if engine is Engine.OLLAMA else 0
    return cache_types.row_bytes(keys, layer.keys) + cache_types.row_bytes(values, wide)


def _cells(architecture: Architecture, settings: CacheSettings, engine: Engine, *, slides: bool) -> int:
    """Places for tokens in one layer, for all slots."""
    if engine is Engine.OLLAMA:
        return _padded(_pool(architecture, settings, slides=slides))
    whole = _padded(settings.context_tokens)
    window = architecture.window_tokens + settings.batch_tokens
    return settings.parallel * (_padded(min(whole, window)) if slides else whole)


def _pool(architecture: Architecture, settings: CacheSettings, *, slides: bool) -> int:
    """Places in the one pool of Ollama's own engine, read in kvcache/causal.go of 0.24."""
    parallel, context = settings.parallel, settings.context_tokens
    kept = max(architecture.window_tokens, REMEMBERED_TOKENS.get(architecture.name, 0))
    if parallel > 1:
        kept = max(kept, architecture.window_tokens + 1)  # a place for the token that ends an answer
    if not slides or architecture.name in KEPT_WHOLE or kept >= context:
        return parallel * context
    return parallel * kept + settings.batch_tokens


def _padded(tokens: int) -> int:
    return -(-tokens // CELLS) * CELLS

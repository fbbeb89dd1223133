"""What one more request at once would take of memory, by the shape of the model. Pure."""

from dataclasses import replace

from ollama_top.engine.assemble_parallel import release_of
from ollama_top.engine.joined import Joined
from ollama_top.engine.samples import NOT_YET, Samples
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, value_or
from ollama_top.ollama import cache_types, kv_cache
from ollama_top.ollama.architecture import Architecture
from ollama_top.ollama.families import Release
from ollama_top.ollama.kv_cache import CacheSettings
from ollama_top.ollama.preflight import DEFAULT_BATCH_TOKENS

NO_SHAPE = Missing(Why.PENDING, "the server has not told the shape of the model yet")


def with_cache_cost(model: LoadedModel, joined: Joined, samples: Samples) -> LoadedModel:
    """The model with what one more request would take, as far as the rest of it tells."""
    return replace(model, request_kv_bytes=_cost(model, joined, samples))


def _cost(model: LoadedModel, joined: Joined, samples: Samples) -> Reading[int]:
    if samples.api is None:
        return NOT_YET
    shape = joined.shown.architecture if joined.shown else NO_SHAPE
    if isinstance(shape, Missing):
        return shape
    settings = _settings(model)
    if isinstance(settings, Missing):
        return settings
    return _difference(shape, settings.value, release_of(samples))


def _settings(model: LoadedModel) -> Reading[CacheSettings]:
    """What the model is served with."""
    parallel, context, kind = model.parallel, model.context_tokens, model.kv_cache_type
    if isinstance(parallel, Missing):
        return parallel
    if isinstance(context, Missing):
        return context
    if isinstance(kind, Missing):
        return kind
    if not cache_types.BLOCKS.keys() >= {*cache_types.split(kind.value)}:
        return Missing(Why.UNSUPPORTED, f"how much a K/V cache of the type {kind.value} takes is not known")
    batch = value_or(model.batch_tokens, DEFAULT_BATCH_TOKENS)
    return Known(CacheSettings(parallel.value, context.value, kind.value, batch), Source.ESTIMATE)


def _difference(shape: Architecture, settings: CacheSettings, release: Release | None) -> Reading[int]:
    engine = kv_cache.engine_of(shape.name, release)
    now = kv_cache.sizes_bytes(shape, settings, engine)
    then = kv_cache.sizes_bytes(shape, replace(settings, parallel=settings.parallel + 1), engine)
    return Known(max(after - before for before, after in zip(now, then, strict=True)), Source.ESTIMATE)

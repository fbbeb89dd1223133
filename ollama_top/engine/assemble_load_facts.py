"""What the log tells of the load of a model, or why it does not. Pure."""

from typing import Any

from ollama_top.engine.joined import Joined
from ollama_top.engine.samples import ELSEWHERE, NOT_YET, Samples
from ollama_top.model.reading import Known, Missing, Reading, Source, Why

FACTS = {
    "kv_cache_bytes": "kv_cache_bytes",
    "layers_on_gpu": "layers_on_gpu",
    "layers": "layers",
    "load_s": "took_s",
}
"""Facts of a model, by what they are called in the log's account of a runner."""


def load_facts(joined: Joined, samples: Samples) -> dict[str, Reading[Any]]:
    """The facts of a model that only the log tells."""
    load = joined.runner.load if joined.runner else None
    if load is None:
        reason = _why(samples)
        return dict.fromkeys(FACTS, reason)
    told = {name: getattr(load, field) for name, field in FACTS.items()}
    untold = Missing(Why.UNSUPPORTED, "its runner did not say so when it was loaded")
    return {name: untold if value is None else Known(value, Source.LOG) for name, value in told.items()}


def _why(samples: Samples) -> Missing:
    """Why the log says nothing of a load."""
    if samples.log is None:
        return NOT_YET if samples.is_local else ELSEWHERE
    where = samples.log.value.where
    if isinstance(where, Missing):
        return Missing(where.why, f"only the log tells, and it is not read: {where.hint}")
    return Missing(Why.ABSENT, "only the log tells, and what is left of it begins after the load")

"""What the log tells of the load of a model, or why it does not. Pure."""

from typing import Any

from ollama_top.engine.joined import Joined
from ollama_top.engine.samples import ELSEWHERE, NOT_YET, Samples
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.ollama.argv import Generation

NO_CACHE = Missing(Why.UNSUPPORTED, "only a llama-server remembers prompts in a cache of its own")
WHOSE = Missing(Why.AMBIGUOUS, "the log tells of a cache of prompts, and not which runner's it is")
FACTS = {
    "kv_cache_bytes": "kv_cache_bytes",
    "layers_on_gpu": "layers_on_gpu",
    "layers": "layers",
    "load_s": "took_s",
}
"""Facts of a model, by what they are called in the log's account of a runner."""


def load_facts(joined: Joined, samples: Samples) -> dict[str, Reading[Any]]:
    """The facts of a model that only the log tells."""
    return {"prompt_cache_bytes": _prompt_cache(joined, samples), **_of_load(joined, samples)}


def _of_load(joined: Joined, samples: Samples) -> dict[str, Reading[Any]]:
    load = joined.runner.load if joined.runner else None
    if load is None:
        reason = _why(samples)
        return dict.fromkeys(FACTS, reason)
    told = {name: getattr(load, field) for name, field in FACTS.items()}
    untold = Missing(Why.UNSUPPORTED, "its runner did not say so when it was loaded")
    return {name: untold if value is None else Known(value, Source.LOG) for name, value in told.items()}


def _prompt_cache(joined: Joined, samples: Samples) -> Reading[int]:
    """What its runner remembers; the line does not say whose it is, so that only one runner may be there."""
    if joined.runner is None or joined.runner.args.generation is not Generation.LLAMA_SERVER:
        return NO_CACHE
    held = samples.log.value.told.prompt_cache_bytes if samples.log else None
    if held is None:
        return _why(samples)
    runners = samples.tree.value.runners if samples.tree else ()
    is_only = sum(each.args.generation is Generation.LLAMA_SERVER for each in runners) == 1
    return Known(held, Source.LOG) if is_only else WHOSE


def _why(samples: Samples) -> Missing:
    """Why the log says nothing of a load."""
    if samples.log is None:
        return NOT_YET if samples.is_local else ELSEWHERE
    where = samples.log.value.where
    if isinstance(where, Missing):
        return Missing(where.why, f"only the log tells, and it is not read: {where.hint}")
    return Missing(Why.ABSENT, "only the log tells, and what is left of it begins after the load")

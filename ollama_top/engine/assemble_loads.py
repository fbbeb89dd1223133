"""Whether a model is being loaded, and how far the load is: by its runner's word where it has one. Pure."""

from ollama_top.engine.joined import Joined
from ollama_top.engine.samples import NOT_YET, Samples
from ollama_top.model.loaded import ModelState
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.ollama.argv import Generation
from ollama_top.sources.runners import LoadLook

NO_LOAD = Missing(Why.ABSENT, "it is not being loaded")
NOT_LISTED_YET = Missing(Why.PENDING, "its runner has loaded it, and the server does not list it yet")
TELLS_NONE = {
    Generation.LLAMA_SERVER: "llama-server does not tell how far a load is",
    Generation.MLX: "an MLX runner answers nothing before it is loaded",
}
OLD_SERVER = "the C++ server tells how far a load is from 0.1.39 on"


def has_loaded(joined: Joined, samples: Samples) -> bool | None:
    """Whether its runner says that the load is over; None where it does not say."""
    load = _look(joined, samples)
    return load.is_ready if load is not None and load.problem is None else None


def is_being_loaded(joined: Joined, samples: Samples) -> bool:
    """Whether a model is on its way: its runner says so, or /api/ps does not list it yet."""
    has_ended = has_loaded(joined, samples)
    if has_ended is False:
        return True
    is_told = samples.unlisted is None and samples.api is not None and samples.api.value.tells_loaded
    return joined.model is None and is_told


def load_percent(joined: Joined, samples: Samples, state: ModelState) -> Reading[float]:
    """How far a load is."""
    if state is not ModelState.LOADING or joined.runner is None:
        return NO_LOAD
    generation = joined.runner.args.generation
    if generation in TELLS_NONE:
        return Missing(Why.UNSUPPORTED, TELLS_NONE[generation])
    load = _look(joined, samples)
    return NOT_YET if load is None else _told(load)


def _told(load: LoadLook) -> Reading[float]:
    if load.problem is not None:
        return Missing(Why.FAILED, load.problem)
    if load.is_ready:
        return NOT_LISTED_YET
    if load.progress is None:
        return Missing(Why.UNSUPPORTED, OLD_SERVER)
    return Known(100 * load.progress, Source.HEALTH)


def _look(joined: Joined, samples: Samples) -> LoadLook | None:
    if joined.runner is None or samples.traffic is None:
        return None
    return samples.traffic.value.loads.get(joined.runner.args.port or 0)

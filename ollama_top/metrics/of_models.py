"""What is told to Prometheus of the models in memory, and of their slots."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from ollama_top.metrics.told import (
    OF_GPU,
    Number,
    Sample,
    by_model,
    named_models,
    ratio,
    single,
    states,
    told,
)
from ollama_top.model.frame import Frame
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.reading import Known, Source, map_known
from ollama_top.model.slot import Slot, SlotState

SOURCED: Mapping[str, Callable[[LoadedModel], Number]] = {
    "running": lambda model: model.running,
    "waiting": lambda model: model.waiting,
    "parallel": lambda model: model.parallel,
    "tokens_per_second": lambda model: model.tokens_per_s,
}
"""Values of a model that may be worked out instead of seen."""
WORKED_OUT = {Source.ESTIMATE, Source.PREDICTED}


def _states(frame: Frame) -> Iterator[Sample]:
    for name, model in named_models(frame.snapshot).items():
        yield from states(ModelState, model.state, (name,))


def _estimates(frame: Frame) -> Iterator[Sample]:
    for name, model in named_models(frame.snapshot).items():
        for what, of in SOURCED.items():
            reading = of(model)
            if isinstance(reading, Known):
                yield (name, what), float(reading.source in WORKED_OUT)


def _gpu_shares(frame: Frame) -> Iterator[Sample]:
    for name, model in named_models(frame.snapshot).items():
        for share in model.gpus.value if isinstance(model.gpus, Known) else ():
            yield (name, str(share.vendor), str(share.gpu)), share.memory_bytes


def _slots_of(frame: Frame) -> Iterator[tuple[str, list[Slot]]]:
    """The slots of each model that is told by name and tells some."""
    for name, model in named_models(frame.snapshot).items():
        slots = [each for each in frame.snapshot.slots if _is_of(each, model)]
        if slots:
            yield name, slots


def _is_of(slot: Slot, model: LoadedModel) -> bool:
    return isinstance(model.runner_pid, Known) and slot.runner_pid == model.runner_pid.value


def _slot_states(frame: Frame) -> Iterator[Sample]:
    for name, slots in _slots_of(frame):
        found = Counter(each.state for each in slots)
        for state in SlotState:
            yield (name, str(state)), float(found[state])


def _fullest(frame: Frame) -> Iterator[Sample]:
    for name, slots in _slots_of(frame):
        fills = [
            each.context_fill_percent.value for each in slots if isinstance(each.context_fill_percent, Known)
        ]
        if fills:
            yield (name,), max(fills) / 100


OF_MODELS = (
    single("models", "Models in memory, or on their way there.", lambda snapshot: len(snapshot.models)),
    single(
        "models_untold",
        "Of them those that no other metric tells of: their names are not known yet, or there are too many.",
        lambda snapshot: len(snapshot.models) - len(named_models(snapshot)),
    ),
    told("model_state", "What a model is doing: 1 for what holds, else 0.", _states, ("model", "state")),
    by_model(
        "model_load_ratio", "How far its load is, from 0 to 1.", lambda model: ratio(model.load_percent)
    ),
    by_model("model_size_bytes", "Memory in all, by Ollama's account.", lambda model: model.size_bytes),
    by_model(
        "model_vram_bytes",
        "Of it on GPUs, by Ollama's account; before 0.30 an estimate made ahead of the load.",
        lambda model: model.vram_bytes,
    ),
    told(
        "model_gpu_memory_bytes",
        "Its share of each GPU, as the GPU's driver tells it.",
        _gpu_shares,
        ("model", *OF_GPU),
    ),
    by_model(
        "model_kv_cache_bytes",
        "Memory of its K/V cache, as told when it was loaded.",
        lambda model: model.kv_cache_bytes,
    ),
    by_model("model_layers", "Layers in all, the output layer counted in.", lambda model: model.layers),
    by_model("model_gpu_layers", "Layers of it on GPUs.", lambda model: model.layers_on_gpu),
    by_model("model_load_seconds", "How long its last load took.", lambda model: model.load_s),
    by_model(
        "model_expires_timestamp_seconds",
        "When it is unloaded if nothing asks for it.",
        lambda model: map_known(model.expires_at, lambda moment: moment.timestamp()),
    ),
    by_model(
        "model_context_tokens", "Context of one request (one slot).", lambda model: model.context_tokens
    ),
    by_model("model_parallel", "Requests that it serves at once.", lambda model: model.parallel),
    by_model("model_requests_running", "Requests in service.", lambda model: model.running),
    by_model("model_requests_waiting", "Requests that wait for a slot of it.", lambda model: model.waiting),
    by_model(
        "model_tokens_per_second",
        "Tokens that its slots write a second now.",
        lambda model: model.tokens_per_s,
    ),
    told(
        "model_estimated",
        "Whether a value of a model is worked out (1) or seen (0).",
        _estimates,
        ("model", "value"),
    ),
    told("model_slots", "Slots of its runner, where that tells them.", _slot_states, ("model", "state")),
    told(
        "model_context_fill_ratio",
        "Share of the context that the request in its fullest slot takes.",
        _fullest,
        ("model",),
    ),
)
"""In the order in which they are told."""

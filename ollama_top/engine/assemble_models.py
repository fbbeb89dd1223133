"""From joined models, runners and their activity to the models and slots of a Snapshot. Pure."""

from collections.abc import Callable
from typing import TypeVar

from ollama_top.engine.activity import Activity, tells_slots
from ollama_top.engine.assemble_cache import with_cache_cost
from ollama_top.engine.assemble_load_facts import load_facts
from ollama_top.engine.assemble_loads import has_loaded, is_being_loaded, load_percent
from ollama_top.engine.assemble_parallel import held_at_one, parallel_of, version_of
from ollama_top.engine.joined import Joined, name_of, no_runner
from ollama_top.engine.samples import NOT_YET, Samples
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, known_or_missing, value_or
from ollama_top.model.slot import Slot, SlotState
from ollama_top.ollama import since
from ollama_top.ollama.argv import Generation
from ollama_top.ollama.replies import PsModel
from ollama_top.ollama.slots import SlotReply

T = TypeVar("T")
SLOT_IDLE = Missing(Why.ABSENT, "the slot is idle")
NOT_LISTED = Missing(Why.PENDING, "the model is being loaded: /api/ps lists it when it is done")
NOT_TOLD = Missing(Why.PENDING, "the API has not told yet what is loaded")
NO_SLOTS = {
    Generation.GO: "the runners of Ollama 0.3.14 to 0.24 tell no slots and no tokens",
    Generation.MLX: "an MLX runner tells no slots and no tokens",
}
NO_PORT = "its command line tells no port at which it could be asked"
NO_COUNTS = "this runner does not tell what is read of a prompt"


def model_of(joined: Joined, samples: Samples, activity: Activity, *, is_new: bool) -> LoadedModel:
    """One model of the Snapshot, without what waits for it and its shares of GPUs.

    It `is_new` if it has served nothing yet.
    """
    running = _running(joined, activity, samples)
    state = _state(joined, running, samples, activity, is_new=is_new)
    parallel = parallel_of(joined, samples)
    model = LoadedModel(
        name=name_of(joined, samples),
        state=state,
        load_percent=load_percent(joined, samples, state),
        family=_listed(joined, samples, lambda each: each.family),
        parameter_size=_listed(joined, samples, lambda each: each.parameter_size),
        quantization=_listed(joined, samples, lambda each: each.quantization),
        size_bytes=_listed(joined, samples, lambda each: each.size_bytes),
        vram_bytes=_listed(joined, samples, lambda each: each.vram_bytes),
        gpus=NOT_YET,
        context_tokens=_context(joined, samples),
        kv_cache_type=_kv_cache_type(joined),
        batch_tokens=_batch(joined, samples),
        **load_facts(joined, samples),
        expires_at=_listed(joined, samples, lambda each: each.expires_at),
        runner_pid=_runner_pid(joined, samples),
        parallel=parallel,
        held_at_one=held_at_one(joined, samples) if value_or(parallel, None) == 1 else None,
        request_kv_bytes=NOT_YET,
        running=running,
        waiting=NOT_YET,
        tokens_per_s=_tokens_per_s(joined, activity, samples),
    )
    return with_cache_cost(model, joined, samples)


def slots_of(joined: Joined, samples: Samples, activity: Activity) -> tuple[Slot, ...]:
    """The slots of one runner."""
    if joined.runner is None:
        return ()
    pid, name = joined.runner.pid, name_of(joined, samples)
    return tuple(_slot(each, name, pid, activity) for each in activity.slots)


def _state(
    joined: Joined, running: Reading[int], samples: Samples, activity: Activity, *, is_new: bool
) -> ModelState:
    if is_being_loaded(joined, samples):
        return ModelState.LOADING
    if _has_died(joined, samples):
        return ModelState.GONE
    if isinstance(running, Missing):
        return ModelState.LOADED
    if running.value:
        return ModelState.BUSY
    if is_new and _may_be_loading(joined, samples):
        return ModelState.LOADING
    return _at_rest(joined, samples, activity)


def _may_be_loading(joined: Joined, samples: Samples) -> bool:
    """Before 0.30 a model is listed from the beginning of its load, and not all runners say how that goes."""
    if joined.runner is None or joined.runner.args.generation is Generation.LLAMA_SERVER:
        return False
    return has_loaded(joined, samples) is None


def _at_rest(joined: Joined, samples: Samples, activity: Activity) -> ModelState:
    if (
        joined.model is None and samples.unlisted is not None
    ):  # a runner that tells slots has loaded its model
        return ModelState.IDLE if activity.slots else ModelState.LOADED
    expires_at = joined.model.expires_at if joined.model else None
    return ModelState.STOPPING if expires_at and expires_at < samples.taken_at else ModelState.IDLE


def _has_died(joined: Joined, samples: Samples) -> bool:
    """/api/ps goes on listing a model whose runner was killed; the process tree does not."""
    is_tree_known = samples.tree is not None and isinstance(samples.tree.value.server, Known)
    has_path = joined.shown is not None and joined.shown.blob_path is not None
    return joined.runner is None and is_tree_known and has_path


def _listed(joined: Joined, samples: Samples, of: Callable[[PsModel], T | None]) -> Reading[T]:
    """A value that /api/ps tells of listed models."""
    told = of(joined.model) if joined.model is not None else None
    if told is not None:
        return Known(told, Source.API)
    if joined.model is None and samples.unlisted is not None:
        return samples.unlisted
    if joined.model is None and (samples.api is None or samples.api.value.tells_loaded):
        return NOT_LISTED
    return Missing(Why.UNSUPPORTED, since.not_told(version_of(samples), since.LOADED_SINCE))


def _context(joined: Joined, samples: Samples) -> Reading[int]:
    runner = joined.runner
    if joined.model is not None and joined.model.context_tokens is not None:
        return Known(joined.model.context_tokens, Source.API)
    if runner is not None and runner.args.context_tokens is not None:
        return Known(runner.args.context_tokens, Source.ARGV)
    load = runner.load.context_tokens if runner is not None and runner.load else None
    hint = f"its runner does not tell it, and {since.not_told(version_of(samples), since.CONTEXT_SINCE)}"
    return known_or_missing(load, Source.LOG, hint)


def _kv_cache_type(joined: Joined) -> Reading[str]:
    """The type given to the runner; it takes f16 when it is told by flags, and none of them is a type."""
    runner = joined.runner
    if runner is None:
        return Missing(Why.PENDING, "its runner is not known")
    if runner.args.kv_cache_type is not None:
        return Known(runner.args.kv_cache_type, Source.ARGV)
    if runner.load is not None and runner.load.kv_cache_type:
        return Known(runner.load.kv_cache_type, Source.LOG)
    if runner.args.generation is Generation.MLX:
        return Missing(Why.UNSUPPORTED, "an MLX runner does not tell")
    is_told_by_flags = runner.args.parallel is not None or runner.args.generation is Generation.LLAMA_SERVER
    if is_told_by_flags or runner.load is not None:
        return Known("f16", Source.PREDICTED)
    return Missing(Why.UNSUPPORTED, "the runner's command line does not tell, and the log could not be read")


def _batch(joined: Joined, samples: Samples) -> Reading[int]:
    """The step of the runner, which decides how many tokens layers with a sliding window keep."""
    runner = joined.runner
    if runner is None:
        return no_runner(samples)
    if runner.args.batch_tokens is not None:
        return Known(runner.args.batch_tokens, Source.ARGV)
    load = runner.load.batch_tokens if runner.load else None
    return known_or_missing(load, Source.LOG, "the runner's command line does not tell, nor does the log")


def _runner_pid(joined: Joined, samples: Samples) -> Reading[int]:
    return Known(joined.runner.pid, Source.PROCESSES) if joined.runner else no_runner(samples)


def _running(joined: Joined, activity: Activity, samples: Samples) -> Reading[int]:
    if is_being_loaded(joined, samples):
        return Known(0, Source.API if joined.model is None else Source.HEALTH)
    if joined.runner is None:
        return no_runner(samples)
    if activity.serving is None or activity.source is None:
        return Missing(Why.FAILED, activity.problem or "its runner was not seen at work yet")
    return Known(activity.serving.busy, activity.source)


def _tokens_per_s(joined: Joined, activity: Activity, samples: Samples) -> Reading[float]:
    if is_being_loaded(joined, samples):
        source = Source.API if joined.model is None else Source.HEALTH
        return Known(0.0, source)  # nothing is asked of a model before it is loaded
    if joined.runner is None:
        return no_runner(samples)
    if not tells_slots(joined.runner):
        return Missing(Why.UNSUPPORTED, NO_SLOTS.get(joined.runner.args.generation, NO_PORT))
    if activity.problem is not None:
        return Missing(Why.FAILED, activity.problem)
    if activity.rate is None:
        return Missing(Why.PENDING, "needs two looks")
    return Known(activity.rate.tokens_per_s, Source.SLOTS if activity.rate.is_seen else Source.ESTIMATE)


def _slot(reply: SlotReply, name: Reading[str], pid: int, activity: Activity) -> Slot:
    state = reply.state
    context = known_or_missing(reply.context_tokens, Source.SLOTS, "the runner does not tell")
    return Slot(
        model=name,
        runner_pid=pid,
        slot=reply.slot,
        state=state,
        prompt_tokens=_prompt_tokens(reply, state),
        prompt_done_tokens=_if_told(reply.prompt_done_tokens, state),
        decoded_tokens=_if_busy(reply.decoded_tokens, state),
        context_tokens=context,
        context_fill_percent=_context_fill(reply, state),
        tokens_per_s=_slot_rate(reply, state, pid, activity),
    )


def _if_busy(tokens: int, state: SlotState) -> Reading[int]:
    return SLOT_IDLE if state is SlotState.IDLE else Known(tokens, Source.SLOTS)


def _if_told(tokens: int | None, state: SlotState) -> Reading[int]:
    return Missing(Why.UNSUPPORTED, NO_COUNTS) if tokens is None else _if_busy(tokens, state)


def _prompt_tokens(reply: SlotReply, state: SlotState) -> Reading[int]:
    if state is SlotState.PREFILL and reply.prompt_done_tokens is not None:
        return Missing(Why.UNSUPPORTED, "the runner tells a prompt's length only once it is read")
    return _if_told(reply.prompt_done_tokens, state)


def _context_fill(reply: SlotReply, state: SlotState) -> Reading[float]:
    if state is SlotState.IDLE:
        return SLOT_IDLE
    if not reply.context_tokens or reply.held_tokens is None:
        return Missing(Why.UNSUPPORTED, "the runner does not tell what its context holds")
    if not reply.prompt_done_tokens:
        return Missing(Why.PENDING, "no part of the prompt is read yet")
    return Known(100 * reply.held_tokens / reply.context_tokens, Source.SLOTS)


def _slot_rate(reply: SlotReply, state: SlotState, pid: int, activity: Activity) -> Reading[float]:
    if state is SlotState.IDLE:
        return SLOT_IDLE
    if state is SlotState.PREFILL:
        return Missing(Why.PENDING, "no token is written yet")
    pace = activity.paces.get((pid, reply.slot))
    rate = pace.tokens_per_s if pace else None
    return (
        Missing(Why.PENDING, "needs two looks at the same answer")
        if rate is None
        else Known(rate, Source.SLOTS)
    )

"""From joined models, runners and their activity to the models and slots of a Snapshot. Pure."""

from collections.abc import Callable
from typing import TypeVar

from ollama_top.engine.activity import Activity, tells_slots
from ollama_top.engine.joined import Joined, is_being_loaded, name_of, no_runner
from ollama_top.engine.samples import NOT_YET, Samples
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, known_or_missing
from ollama_top.model.slot import Slot, SlotState
from ollama_top.ollama import families
from ollama_top.ollama.argv import Generation
from ollama_top.ollama.replies import PsModel
from ollama_top.ollama.slots import SlotReply

T = TypeVar("T")
SLOT_IDLE = Missing(Why.ABSENT, "the slot is idle")
NOT_LISTED = Missing(Why.PENDING, "the model is being loaded: /api/ps lists it when it is done")
NO_SLOTS = "this generation of runner does not tell its slots"


def model_of(joined: Joined, samples: Samples, activity: Activity, *, is_new: bool) -> LoadedModel:
    """One model of the Snapshot, without what waits for it and its shares of GPUs.

    It `is_new` if it has served nothing yet.
    """
    running = _running(joined, activity, samples)
    return LoadedModel(
        name=name_of(joined, samples),
        state=_state(joined, running, samples, activity, is_new=is_new),
        family=_listed(joined, samples, lambda each: each.family),
        parameter_size=_listed(joined, samples, lambda each: each.parameter_size),
        quantization=_listed(joined, samples, lambda each: each.quantization),
        size_bytes=_listed(joined, samples, lambda each: each.size_bytes),
        vram_bytes=_listed(joined, samples, lambda each: each.vram_bytes),
        gpus=NOT_YET,
        context_tokens=_context(joined),
        kv_cache_type=_kv_cache_type(joined),
        expires_at=_listed(joined, samples, lambda each: each.expires_at),
        runner_pid=_runner_pid(joined, samples),
        parallel=parallel_of(joined, samples),
        running=running,
        waiting=NOT_YET,
        tokens_per_s=_tokens_per_s(joined, activity, samples),
    )


def slots_of(joined: Joined, samples: Samples, activity: Activity) -> tuple[Slot, ...]:
    """The slots of one runner."""
    if joined.runner is None:
        return ()
    pid, name = joined.runner.pid, name_of(joined, samples)
    return tuple(_slot(each, name, pid, activity) for each in activity.slots)


def parallel_of(joined: Joined, samples: Samples) -> Reading[int]:
    """How many requests a model is served at once: the runner's own word, else a prediction."""
    runner = joined.runner
    if runner is None:
        return no_runner(samples)
    if runner.args.parallel is not None:
        return Known(runner.args.parallel, Source.ARGV)
    props = samples.traffic.value.props.get(runner.args.port or 0) if samples.traffic else None
    if props is not None and props.parallel is not None:
        return Known(props.parallel, Source.PROPS)
    if runner.load is not None:
        return Known(runner.load.parallel, Source.LOG)
    return _predicted(joined, samples)


def _predicted(joined: Joined, samples: Samples) -> Reading[int]:
    version = samples.api.value.version if samples.api else None
    release = families.parse_release(version) if version else None
    family = joined.model.family if joined.model else None
    capabilities = joined.shown.capabilities if joined.shown else None
    if families.is_forced_to_one(family, release, capabilities):
        return Known(1, Source.PREDICTED)
    configured = (
        samples.tree.value.num_parallel if samples.tree else Missing(Why.PENDING, "not looked at yet")
    )
    if isinstance(configured, Missing):
        return Missing(configured.why, f"the runner does not tell, and {configured.hint}")
    number = families.predict_parallel(configured.value, release)
    hint = "before 0.10 Ollama chose by free memory, and this runner does not tell"
    return known_or_missing(number, Source.PREDICTED, hint)


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
    if is_new and joined.runner is not None and not tells_slots(joined.runner):
        return ModelState.LOADING  # before 0.30 a model is listed from the beginning of its load
    return _at_rest(joined, samples, activity)


def _at_rest(joined: Joined, samples: Samples, activity: Activity) -> ModelState:
    if joined.model is None:  # a runner that tells slots has loaded its model
        return ModelState.IDLE if activity.slots else ModelState.LOADED
    is_over = joined.model.expires_at is not None and joined.model.expires_at < samples.taken_at
    return ModelState.STOPPING if is_over else ModelState.IDLE


def _has_died(joined: Joined, samples: Samples) -> bool:
    """/api/ps goes on listing a model whose runner was killed; the process tree does not."""
    is_tree_known = samples.tree is not None and isinstance(samples.tree.value.server, Known)
    has_path = joined.shown is not None and joined.shown.blob_path is not None
    return joined.runner is None and is_tree_known and has_path


def _listed(joined: Joined, samples: Samples, of: Callable[[PsModel], T | None]) -> Reading[T]:
    """A value that /api/ps tells of listed models, in newer versions more than in older ones."""
    if joined.model is None:
        return samples.unlisted or NOT_LISTED
    return known_or_missing(of(joined.model), Source.API, "this server's /api/ps does not tell")


def _context(joined: Joined) -> Reading[int]:
    runner = joined.runner
    if joined.model is not None and joined.model.context_tokens is not None:
        return Known(joined.model.context_tokens, Source.API)
    if runner is not None and runner.args.context_tokens is not None:
        return Known(runner.args.context_tokens, Source.ARGV)
    load = runner.load.context_tokens if runner is not None and runner.load else None
    return known_or_missing(load, Source.LOG, "before 0.10 /api/ps does not tell, nor does the runner")


def _kv_cache_type(joined: Joined) -> Reading[str]:
    """The type given to the runner; llama-server takes f16 when none is given."""
    runner = joined.runner
    if runner is None:
        return Missing(Why.PENDING, "its runner is not known")
    if runner.args.kv_cache_type is not None:
        return Known(runner.args.kv_cache_type, Source.ARGV)
    if runner.load is not None and runner.load.kv_cache_type:
        return Known(runner.load.kv_cache_type, Source.LOG)
    if runner.args.generation is Generation.LLAMA_SERVER or runner.load is not None:
        return Known("f16", Source.PREDICTED)
    return Missing(Why.UNSUPPORTED, "the runner's command line does not tell, and the log could not be read")


def _runner_pid(joined: Joined, samples: Samples) -> Reading[int]:
    return Known(joined.runner.pid, Source.PROCESSES) if joined.runner else no_runner(samples)


def _running(joined: Joined, activity: Activity, samples: Samples) -> Reading[int]:
    if is_being_loaded(joined, samples):
        return Known(0, Source.API)
    if joined.runner is None:
        return no_runner(samples)
    if activity.serving is None or activity.source is None:
        return Missing(Why.FAILED, activity.problem or "its runner was not seen at work yet")
    return Known(activity.serving.busy, activity.source)


def _tokens_per_s(joined: Joined, activity: Activity, samples: Samples) -> Reading[float]:
    if is_being_loaded(joined, samples):
        return Known(0.0, Source.API)  # nothing is asked of a model before it is loaded
    if joined.runner is None:
        return no_runner(samples)
    if not tells_slots(joined.runner):
        return Missing(Why.UNSUPPORTED, NO_SLOTS)
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
        prompt_done_tokens=_if_busy(reply.prompt_done_tokens, state),
        decoded_tokens=_if_busy(reply.decoded_tokens, state),
        context_tokens=context,
        context_fill_percent=_context_fill(reply, state),
        tokens_per_s=_slot_rate(reply, state, pid, activity),
    )


def _if_busy(tokens: int, state: SlotState) -> Reading[int]:
    return SLOT_IDLE if state is SlotState.IDLE else Known(tokens, Source.SLOTS)


def _prompt_tokens(reply: SlotReply, state: SlotState) -> Reading[int]:
    if state is SlotState.PREFILL:
        return Missing(Why.UNSUPPORTED, "the runner tells a prompt's length only once it is read")
    return _if_busy(reply.prompt_done_tokens, state)


def _context_fill(reply: SlotReply, state: SlotState) -> Reading[float]:
    if state is SlotState.IDLE:
        return SLOT_IDLE
    if not reply.context_tokens:
        return Missing(Why.UNSUPPORTED, "the runner does not tell its context")
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

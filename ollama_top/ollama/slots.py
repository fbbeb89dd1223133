"""What the runners that tell their slots answer to /slots, and llama-server to /props.

Read in llama.cpp's server-context.cpp: `n_prompt_tokens` is what the slot's cache holds now
(prompt read so far plus tokens written), so the length of a prompt is known only once it is read.
The C++ server of 0.1.33 to 0.3.13 (llm/ext_server/server.cpp) tells no such counts, but the
prompt itself, which must never be kept.
"""

from dataclasses import dataclass

from ollama_top.model.slot import SlotState
from ollama_top.ollama import jsonic

AT_WORK = 1  # `state` of a slot of the C++ server
COUNTS = ("n_prompt_tokens_cache", "n_prompt_tokens_processed", "n_prompt_tokens")


@dataclass(frozen=True, slots=True)
class SlotReply:
    """One slot as the runner tells it; None where it does not. The counts of an idle one may be 0."""

    slot: int
    busy: bool
    task: int | None  # number of the request in the runner; of the last one when idle
    context_tokens: int | None
    cached_tokens: int | None  # of the prompt, taken from the prompt cache
    processed_tokens: int | None  # of the prompt, computed
    held_tokens: int | None  # in the slot's cache now
    decoded_tokens: int

    @property
    def state(self) -> SlotState:
        """A slot decodes from its first token on; before it, it reads its prompt."""
        if not self.busy:
            return SlotState.IDLE
        return SlotState.DECODE if self.decoded_tokens else SlotState.PREFILL

    @property
    def prompt_done_tokens(self) -> int | None:
        """Tokens of the prompt that are read; None where the runner does not tell."""
        if self.cached_tokens is None or self.processed_tokens is None:
            return None
        return self.cached_tokens + self.processed_tokens


@dataclass(frozen=True, slots=True)
class RunnerProps:
    """What /props tells of a runner."""

    parallel: int | None
    context_tokens: int | None  # of one slot
    model_path: str | None


def parse_slots(body: bytes) -> tuple[SlotReply, ...]:
    """The slots that /slots answers, by number; raises BadReplyError, also for a busy slot without counts."""
    replies = [_slot(each) for each in jsonic.parse_objects(body)]
    return tuple(sorted((each for each in replies if each is not None), key=lambda each: each.slot))


def parse_cpp_slots(body: bytes) -> tuple[SlotReply, ...]:
    """The slots that /slots of the C++ server answers, by number; raises BadReplyError."""
    replies = [_cpp_slot(each) for each in jsonic.parse_objects(body)]
    return tuple(sorted((each for each in replies if each is not None), key=lambda each: each.slot))


def parse_props(body: bytes) -> RunnerProps:
    """What /props answers; raises BadReplyError."""
    reply = jsonic.parse_object(body)
    settings = jsonic.member(reply, "default_generation_settings")
    return RunnerProps(
        jsonic.count(reply, "total_slots"),
        jsonic.count(settings, "n_ctx"),
        jsonic.text(reply, "model_path"),
    )


def _slot(of: jsonic.Object) -> SlotReply | None:
    number, busy = jsonic.count(of, "id"), jsonic.flag(of, "is_processing")
    if number is None or busy is None:
        return None
    step = next(iter(jsonic.objects(of, "next_token")), {})
    if busy and None in {jsonic.count(of, each) for each in COUNTS} | {jsonic.count(step, "n_decoded")}:
        raise jsonic.BadReplyError("tells no counts of a busy slot: this runner is of an unknown kind")
    return SlotReply(
        slot=number,
        busy=busy,
        task=jsonic.count(of, "id_task"),
        context_tokens=jsonic.count(of, "n_ctx"),
        cached_tokens=jsonic.count(of, "n_prompt_tokens_cache") or 0,
        processed_tokens=jsonic.count(of, "n_prompt_tokens_processed") or 0,
        held_tokens=jsonic.count(of, "n_prompt_tokens") or 0,
        decoded_tokens=jsonic.count(step, "n_decoded") or 0,
    )


def _cpp_slot(of: jsonic.Object) -> SlotReply | None:
    number, state = jsonic.count(of, "id"), jsonic.count(of, "state")
    if number is None or state is None:
        return None
    busy = state == AT_WORK
    decoded = jsonic.count(jsonic.member(of, "next_token"), "num_tokens_predicted")
    if busy and decoded is None:
        raise jsonic.BadReplyError("tells no counts of a busy slot: this runner is of an unknown kind")
    context, task = jsonic.count(of, "n_ctx"), jsonic.count(of, "task_id")
    return SlotReply(number, busy, task, context, None, None, None, decoded or 0)

"""Changing how long a model stays: the choices, what they do, and whether it was loaded anew for it."""

from dataclasses import dataclass
from datetime import timedelta

from ollama_top.columns import formats
from ollama_top.control.deed import Deed, Outcome, Plan
from ollama_top.control.sight import is_answering, model_named, pid_of
from ollama_top.model.action import Keep
from ollama_top.model.frame import Frame
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, value_or
from ollama_top.model.verdict import Severity

SLACK_S = 60.0  # the server's clock may not be ours
FOREVER = "for ever"


@dataclass(frozen=True, slots=True)
class Preset:
    """A time to choose."""

    name: str
    keep_s: float | None  # None is for ever
    about: str


PRESETS = (
    Preset("5 minutes", 300.0, "What Ollama does unless told otherwise."),
    Preset("1 hour", 3600.0, "From its last request on."),
    Preset("24 hours", 86400.0, "From its last request on."),
    Preset(FOREVER, None, "Until it is unloaded, another model needs its room, or the server ends."),
)
"""The server's own default is no choice: no request sets it, and the API does not tell it."""


def plan(name: str, model: LoadedModel, preset: Preset) -> Plan:
    """To keep a model in memory for the time of a preset."""
    action = Keep(name, preset.keep_s, value_or(model.context_tokens, None))
    question = f"Keep {name} {_span(action)}?"
    return Plan(action, question, tuple(_costs(action, model)), f"Keep it {_span(action)}.")


def _costs(action: Keep, model: LoadedModel) -> list[str]:
    size = formats.size(model.size_bytes.value) if isinstance(model.size_bytes, Known) else "its memory"
    stays = f"It holds {size} until then; a request with a keep_alive of its own sets another time."
    if action.context_tokens is None:
        context = "Its context is not known: if it is not the default, Ollama loads it anew for this."
    else:
        context = (
            f"Its context ({formats.context(action.context_tokens)}) is sent along, so that it is not loaded"
            " anew. Ollama does load it anew where its loader gave options that cannot be read back:"
            " num_batch, num_thread, use_mmap, before 0.30 a context longer than the model's own."
        )
    return [stays, context]


def _seen(action: Keep, before: Frame, now: Frame) -> Outcome | None:
    then, model = model_named(before, action.model), model_named(now, action.model)
    if not is_answering(now) or model is None or not isinstance(model.expires_at, Known):
        return None
    left = model.expires_at.value - now.snapshot.taken_at
    if not _is_as_asked(action, left) or (then is not None and then.expires_at == model.expires_at):
        return None
    return _outcome(action, pid_of(then), pid_of(model))


def _is_as_asked(action: Keep, left: timedelta) -> bool:
    left_s = left.total_seconds()
    if action.keep_s is None:
        return left_s > formats.FOREVER_S
    return abs(left_s - action.keep_s) < SLACK_S


def _outcome(action: Keep, old_pid: int | None, pid: int | None) -> Outcome:
    kept = f"{action.model} is kept {_span(action)}"
    if old_pid is None or pid is None:
        return Outcome(Severity.OK, f"{kept}.")
    if old_pid != pid:
        return Outcome(
            Severity.WARNING, f"{kept}, and was loaded anew for it: its runner was {old_pid}, and is {pid}."
        )
    return Outcome(Severity.OK, f"{kept}; its runner is the same (pid {pid}).")


def _span(action: Keep) -> str:
    named = {each.keep_s: each.name for each in PRESETS}
    name = named.get(action.keep_s) or f"{action.keep_s:.0f} s"
    return name if name == FOREVER else f"for {name}"


KEEP = Deed(
    asking=lambda action: f"asking Ollama to keep {action.model} {_span(action)}",
    taken=lambda action: f"Ollama keeps {action.model} {_span(action)}; it tells so once the model is idle",
    seen=_seen,
    limit_s=30.0,
    unseen=lambda action: (
        f"Ollama has agreed to keep {action.model} {_span(action)}; it tells the new time when it is idle."
    ),
    failed=lambda action: f"{action.model} is kept as long as before",
)

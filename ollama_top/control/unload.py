"""Unloading a model: what it costs, and how it shows."""

from ollama_top.columns import formats
from ollama_top.control.deed import Deed, Outcome, Plan
from ollama_top.control.sight import is_answering, model_named
from ollama_top.control.users import counted
from ollama_top.model.action import Unload
from ollama_top.model.frame import Frame
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known
from ollama_top.model.verdict import Severity

LIMIT_S = 60.0  # as long as a long answer takes: a request in service keeps the model in memory


def plan(name: str, model: LoadedModel) -> Plan:
    """To unload a model that is in memory."""
    return Plan(Unload(name), f"Unload {name}?", tuple(_costs(model)), "Unload it.")


def _costs(model: LoadedModel) -> list[str]:
    again = "the next request has to load it again."
    if isinstance(model.size_bytes, Known):
        first = f"It frees {formats.size(model.size_bytes.value)} of memory; {again}"
    else:
        first = again.capitalize()
    users = counted(model, "Ollama lets them end first.", "Ollama serves them before it lets go.")
    return [first, *users]


def _seen(action: Unload, _: Frame, now: Frame) -> Outcome | None:
    """A server that does not answer shows nothing."""
    if not is_answering(now) or model_named(now, action.model) is not None:
        return None
    return Outcome(Severity.OK, f"{action.model} is unloaded.")


UNLOAD = Deed(
    asking=lambda action: f"asking Ollama to unload {action.model}",
    taken=lambda action: f"Ollama was asked to unload {action.model}; it is still in memory",
    seen=_seen,
    limit_s=LIMIT_S,
    unseen=lambda action: (
        f"{action.model} is still in memory {LIMIT_S:.0f} s after Ollama was asked to unload it:"
        " a request may hold it."
    ),
    failed=lambda action: f"{action.model} was not unloaded",
)

"""What an unload costs, and what came of it. Pure.

Must never call a model unloaded before a Frame without it.
"""

from ollama_top.columns import formats
from ollama_top.model.frame import Frame
from ollama_top.model.light import LightState
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, value_or
from ollama_top.tui.view import light_named

_ANSWERED = frozenset({LightState.OK, LightState.LIMITED})


def model_named(frame: Frame, name: str) -> LoadedModel | None:
    """The model in memory under this name."""
    return next((model for model in frame.snapshot.models if value_or(model.name, None) == name), None)


def cost(model: LoadedModel) -> list[str]:
    """What a user should know before unloading it, one sentence each."""
    sentences = []
    if isinstance(model.size_bytes, Known):
        amount = formats.size(model.size_bytes.value)
        sentences.append(f"It frees {amount} of memory; the next request has to load it again.")
    else:
        sentences.append("The next request has to load it again.")
    running, waiting = value_or(model.running, None), value_or(model.waiting, None)
    if running:
        sentences.append(f"{running} in service: Ollama lets them end first.")
    if waiting:
        sentences.append(f"{waiting} waiting for it: Ollama serves them before it lets go.")
    if running is None:
        sentences.append("Whether it serves a request now cannot be told.")
    return sentences


def is_gone(frame: Frame, name: str) -> bool:
    """Whether a Frame shows the model gone; a server that does not answer shows nothing."""
    light = light_named(frame, "api")
    is_seen = frame.snapshot.server.reachable and (light is None or light.state in _ANSWERED)
    return is_seen and model_named(frame, name) is None

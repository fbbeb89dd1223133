"""Why an action is not possible now, in a sentence; None where it is."""

from ollama_top.control.sight import NO_MODEL, is_loading, name_of
from ollama_top.model.frame import Frame
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.reading import Known, Missing, Reading

ROOT = "root"
NOTHING_SEEN = "Nothing was seen of the server yet."
NO_ANSWER = "The server does not answer."
NO_NAME = "The name of this model is not known yet."


def of_server(frame: Frame | None) -> str | None:
    """Of whatever is asked of the server as a whole: to load, to pull."""
    if frame is None:
        return NOTHING_SEEN
    return None if frame.snapshot.server.reachable else NO_ANSWER


def unload(model: LoadedModel | None, frame: Frame | None) -> str | None:
    """Of unloading."""
    if (reason := _of_model(model, frame)) is not None:
        return reason
    return f"{_name(model)} is still being loaded." if model and is_loading(model) else None


def keep(model: LoadedModel | None, frame: Frame | None) -> str | None:
    """Of changing how long a model stays."""
    if (reason := unload(model, frame)) is not None:
        return reason
    is_gone = model is not None and model.state is ModelState.GONE
    return f"The runner of {_name(model)} has died: L loads it again." if is_gone else None


def restart(model: LoadedModel | None, frame: Frame | None, user: str) -> str | None:
    """Of ending a runner; `user` is who ollama-top runs as."""
    if frame is None:
        return NOTHING_SEEN
    if model is None:
        return NO_MODEL
    if isinstance(model.runner_pid, Missing):
        return f"The process of its runner is not known: {model.runner_pid.hint}."
    return None if frame.snapshot.demo or user == ROOT else _not_ours(frame.snapshot.server.user, user)


def _not_ours(owner: Reading[str], user: str) -> str | None:
    """Ollama runs its runners as the user that it runs as itself."""
    if isinstance(owner, Missing):
        return f"Whose process the runner is cannot be told: {owner.hint}."
    if owner.value != user:
        return f"The runner runs as user {owner.value}: run ollama-top as that user or root."
    return None


def _of_model(model: LoadedModel | None, frame: Frame | None) -> str | None:
    if (reason := of_server(frame)) is not None:
        return reason
    if model is None:
        return NO_MODEL
    return None if isinstance(model.name, Known) else NO_NAME


def _name(model: LoadedModel | None) -> str:
    return (name_of(model) if model else None) or "it"

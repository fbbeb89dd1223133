"""What a Frame shows of a model, and whether it can show anything."""

from ollama_top.model.frame import Frame
from ollama_top.model.light import LightState
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.plan import ServerRun
from ollama_top.model.reading import Known, value_or
from ollama_top.model.request import Request
from ollama_top.model.slot import Slot

_ANSWERED = frozenset({LightState.OK, LightState.LIMITED})
NO_MODEL = "No model is under the cursor: Tab to the models."


def is_fresh(frame: Frame, source: str) -> bool:
    """Whether a source answered at this look; one that the Frame does not list is taken to have."""
    lights = [light for light in frame.snapshot.sources if light.name == source]
    return all(light.state in _ANSWERED for light in lights)


def is_answering(frame: Frame) -> bool:
    """Whether the list of models is the server's own of this moment."""
    return frame.snapshot.server.reachable and is_fresh(frame, "api")


def model_named(frame: Frame, name: str) -> LoadedModel | None:
    """The model in memory under this name, or on its way there."""
    return next((model for model in frame.snapshot.models if name_of(model) == name), None)


def name_of(model: LoadedModel) -> str | None:
    """Its name; None where that is not known yet."""
    return value_or(model.name, None)


def pid_of(model: LoadedModel | None) -> int | None:
    """The process of its runner; None where that is not known."""
    return None if model is None else value_or(model.runner_pid, None)


def model_of(row: object, frame: Frame) -> LoadedModel | None:
    """The model that a row of any table is about, as this Frame shows it."""
    if isinstance(row, LoadedModel | Request):
        reading = row.name if isinstance(row, LoadedModel) else row.model
        if isinstance(reading, Known):
            return model_named(frame, reading.value)
    pid = row.runner_pid if isinstance(row, Slot) else pid_of(row if isinstance(row, LoadedModel) else None)
    return next((model for model in frame.snapshot.models if pid is not None and pid_of(model) == pid), None)


def is_loading(model: LoadedModel) -> bool:
    """Whether it is still on its way into memory."""
    return model.state is ModelState.LOADING


def run_of(frame: Frame) -> ServerRun | None:
    """The run of the server that a Frame shows."""
    pid, started_at = frame.snapshot.server.pid, frame.snapshot.server.started_at
    if isinstance(pid, Known) and isinstance(started_at, Known):
        return ServerRun(pid.value, started_at.value)
    return None

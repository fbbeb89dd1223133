"""A runner that serves another number of requests at once than the server was asked for."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import asked_parallel, log_command, name_of
from ollama_top.model.finding import Evidence
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.reading import Known, Source
from ollama_top.model.verdict import Severity
from ollama_top.ollama.environment import NUM_PARALLEL

OWN_WORD = frozenset({Source.ARGV, Source.PROPS, Source.LOG})


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    asked = asked_parallel(snapshot)
    for model in _loaded(snapshot) if asked is not None else ():
        parallel = model.parallel
        if not isinstance(parallel, Known) or parallel.source not in OWN_WORD or parallel.value == asked:
            continue
        if model.held_at_one is None:
            yield _found(model, parallel, asked or 0, snapshot)


def _loaded(snapshot: Snapshot) -> Iterator[LoadedModel]:
    """Those whose family is known, which may be a reason."""
    return (each for each in snapshot.models if each.state is not ModelState.LOADING)


def _found(model: LoadedModel, parallel: Known[int], asked: int, snapshot: Snapshot) -> Found:
    return Found(
        title=f"{name_of(model)} is served {parallel.value} at once, though {asked} were asked for",
        cause="Ollama gave its runner another number; its log says why at the load of the model.",
        evidence=(
            Evidence(f"the running server has {NUM_PARALLEL}={asked}", Source.PROCESSES),
            Evidence(f"the runner of {name_of(model)} serves {parallel.value}", parallel.source),
        ),
        fix=log_command(snapshot, "parallel"),
        settle="what the log says at the load of the model",
        subject=name_of(model),
    )


CHECK = Check(
    "effective-differs",
    f"runners that serve another number than {NUM_PARALLEL} asks for",
    Severity.WARNING,
    _look,
)

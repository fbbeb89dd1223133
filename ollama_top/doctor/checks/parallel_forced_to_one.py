"""A model that Ollama serves one request at a time by its kind, whatever the settings say."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import asked_parallel, name_of, shown
from ollama_top.model.finding import Evidence
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Source, value_or
from ollama_top.model.verdict import Severity


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    asked = asked_parallel(snapshot)
    for model in snapshot.models if asked is not None and asked > 1 else ():
        if model.held_at_one is not None:
            yield _found(model, model.held_at_one, asked or 0)


def _found(model: LoadedModel, why: str, asked: int) -> Found:
    family = value_or(model.family, "-")
    return Found(
        title=f"{name_of(model)} is served one request at a time: {why}",
        cause="No setting changes that; a second server, at another port and with memory of its own, would"
        " serve a second request.",
        evidence=(
            Evidence(f"the server was asked for {asked} at once", Source.PROCESSES),
            Evidence(f"the runner of {name_of(model)} serves {shown(model.parallel)}", _source(model)),
            Evidence(f"its family is {family}", Source.API),
        ),
        subject=name_of(model),
        severity=Severity.WARNING if value_or(model.waiting, 0) else Severity.INFO,
    )


def _source(model: LoadedModel) -> Source:
    return getattr(model.parallel, "source", Source.PREDICTED)


CHECK = Check(
    "parallel-forced-to-one",
    "models that Ollama serves one request at a time by their kind",
    Severity.INFO,
    _look,
)

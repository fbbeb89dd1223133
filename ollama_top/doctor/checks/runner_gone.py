"""A model that is listed as loaded while its runner is dead."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import log_command, name_of
from ollama_top.model.finding import Evidence
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.loaded import ModelState
from ollama_top.model.reading import Source
from ollama_top.model.verdict import Severity

LASTS_S = 1.0  # of a model that is being unloaded the runner goes a moment before its line in /api/ps


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    for model in snapshot.models:
        if model.state is ModelState.GONE:
            yield Found(
                title=f"the runner of {name_of(model)} has died",
                cause="Its process ended without the server's doing, as when memory runs out; Ollama loads"
                " the model again at the next request for it.",
                evidence=(
                    Evidence(f"/api/ps lists {name_of(model)}", Source.API),
                    Evidence("no process of the server's holds its weights", Source.PROCESSES),
                ),
                fix=log_command(snapshot, "runner|oom|killed|CUDA error"),
                subject=name_of(model),
            )


CHECK = Check("runner-gone", "models whose runner has died", Severity.WARNING, _look, LASTS_S)

"""A model that runs on the CPU alone although there is a GPU."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import driver_of, log_command, name_of
from ollama_top.model.finding import Evidence
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Known, Source, value_or
from ollama_top.model.verdict import Severity


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    cards = [each for each in snapshot.gpus if each.problem is None]
    for model in snapshot.models if cards else ():
        if isinstance(model.vram_bytes, Known) and model.vram_bytes.value == 0:
            yield Found(
                title=f"{name_of(model)} runs on the CPU alone, though there is a GPU",
                cause="Ollama found no GPU that it can use when it started, or none with memory to spare.",
                evidence=(
                    Evidence(f"/api/ps says that none of {name_of(model)} is on a GPU", Source.API),
                    Evidence(
                        f"GPU {cards[0].index} is there: {value_or(cards[0].name, '-')}",
                        driver_of(cards[0]),
                    ),
                ),
                fix=log_command(snapshot, "inference compute|GPU|CUDA|ROCm"),
                settle="what the log says of GPUs at the server's start; a restart makes it look again",
                subject=name_of(model),
            )


CHECK = Check("gpu-unused", "models on the CPU alone beside a GPU", Severity.WARNING, _look)

"""A model that runs on the CPU alone although there is a GPU."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import driver_of, log_command, name_of
from ollama_top.model.finding import Evidence
from ollama_top.model.frame import Snapshot
from ollama_top.model.gpu import Gpu, Vendor
from ollama_top.model.history import History
from ollama_top.model.loaded import ModelState
from ollama_top.model.reading import Known, Source, value_or
from ollama_top.model.verdict import Severity
from ollama_top.ollama.values import trimmed

SETTLE = "what the log says of GPUs at the server's start; a restart makes it look again"
HIDING = frozenset({"CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"})
NOBODY = frozenset({"", "-1"})
LIBRARY = "OLLAMA_LLM_LIBRARY"


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    cards = [each for each in snapshot.gpus if each.problem is None and not _is_beside_processor(each)]
    told = _told_to_leave_out(snapshot)
    for model in snapshot.models if cards else ():
        if value_or(model.vram_bytes, None) == 0 and model.state is not ModelState.LOADING:
            yield Found(
                title=f"{name_of(model)} runs on the CPU alone, though there is a GPU",
                cause=f"{told} keeps its GPUs from the server."
                if told
                else "Ollama found no GPU that it can use when it started, or none with memory to spare.",
                evidence=(
                    Evidence(f"/api/ps says that none of {name_of(model)} is on a GPU", Source.API),
                    Evidence(
                        f"GPU {cards[0].index} is there: {value_or(cards[0].name, '-')}",
                        driver_of(cards[0]),
                    ),
                ),
                fix=None if told else log_command(snapshot, "inference compute|GPU|CUDA|ROCm"),
                settle=None if told else SETTLE,
                subject=name_of(model),
                severity=Severity.INFO if told else None,
            )


def _is_beside_processor(gpu: Gpu) -> bool:
    """Whether it is graphics within a processor of Intel's or AMD's, which Ollama seldom uses."""
    shares = gpu.memory_is_shared
    has_own = isinstance(shares, Known) and not shares.value
    return gpu.vendor in {Vendor.INTEL, Vendor.AMD} and not has_own


def _told_to_leave_out(snapshot: Snapshot) -> str | None:
    """The variable by which the server is told to see no GPU; None where none tells it so."""
    for each in value_or(snapshot.environment, ()):
        value = trimmed(each.value) if each.value is not None else None
        if each.name in HIDING and value in NOBODY:
            return f"{each.name}={value}"
        if each.name == LIBRARY and value is not None and value.startswith("cpu"):
            return f"{LIBRARY}={value}"
    return None


CHECK = Check("gpu-unused", "models on the CPU alone beside a GPU", Severity.WARNING, _look)

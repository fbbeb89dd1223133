"""A card that its driver cannot reach any more."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import driver_of
from ollama_top.model.finding import Evidence, to_run
from ollama_top.model.frame import Snapshot
from ollama_top.model.gpu import Gpu
from ollama_top.model.history import History
from ollama_top.model.reading import Missing, Why, value_or
from ollama_top.model.verdict import Severity


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    for gpu in snapshot.gpus:
        if gpu.problem is not None and _has_failed(gpu):
            yield Found(
                title=f"GPU {gpu.index} {value_or(gpu.name, '')} does not answer".replace("  ", " "),
                cause=gpu.problem,
                evidence=(Evidence(f"its driver says: {gpu.problem}", driver_of(gpu)),),
                fix=to_run("sudo", "dmesg", "--level=err,warn"),
                settle="what the kernel says of it; often a reset or a reboot is all that helps",
                subject=f"{gpu.vendor} {gpu.index}",
            )


def _has_failed(gpu: Gpu) -> bool:
    """Whether it failed; one that may not be read is no card that is lost."""
    return isinstance(gpu.memory_used_bytes, Missing) and gpu.memory_used_bytes.why is Why.FAILED


CHECK = Check("gpu-lost", "cards that their driver cannot reach any more", Severity.ERROR, _look)

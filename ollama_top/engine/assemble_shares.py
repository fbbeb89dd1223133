"""How much of each GPU a process holds, and by its runner's process a model. Pure."""

from ollama_top.engine.assemble_gpus import seen
from ollama_top.engine.joined import Joined, no_runner
from ollama_top.engine.samples import NOT_YET, Samples
from ollama_top.model.gpu import Gpu, GpuShare
from ollama_top.model.reading import Known, Missing, Reading, Why


def shares_of(joined: Joined, samples: Samples) -> Reading[tuple[GpuShare, ...]]:
    """The model's part of each card."""
    return no_runner(samples) if joined.runner is None else shares_of_process(joined.runner.pid, samples)


def shares_of_process(pid: int, samples: Samples) -> Reading[tuple[GpuShare, ...]]:
    """The process's part of each card that lists it; none where every card is without it.

    A card that cannot tell may hold a part too: beside others it is there, its memory missing.
    """
    gpus = tuple(seen(samples))
    if not gpus:
        return Missing(Why.ABSENT, "no GPU is seen on this machine") if samples.gpus else NOT_YET
    shares = tuple(_share(gpu, held) for gpu in gpus if (held := _held(gpu, pid)) is not None)
    if shares and not any(_is_listed(gpu, pid) for gpu in gpus):
        return next(each.memory_bytes for each in shares if isinstance(each.memory_bytes, Missing))
    source = next(each.processes.source for each in gpus if isinstance(each.processes, Known))
    return Known(shares, source)


def _share(gpu: Gpu, held: Reading[int]) -> GpuShare:
    return GpuShare(vendor=gpu.vendor, gpu=gpu.index, uuid=gpu.uuid, memory_bytes=held)


def _held(gpu: Gpu, pid: int) -> Reading[int] | None:
    """What the process holds of a card; None where it is known to hold nothing."""
    if isinstance(gpu.processes, Missing):
        return gpu.processes
    held = next((each.memory_bytes for each in gpu.processes.value if each.pid == pid), None)
    if held is None and gpu.processes_note is not None:
        return Missing(Why.DENIED, gpu.processes_note)
    return held


def _is_listed(gpu: Gpu, pid: int) -> bool:
    return isinstance(gpu.processes, Known) and any(each.pid == pid for each in gpu.processes.value)

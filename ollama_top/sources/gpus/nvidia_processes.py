"""The processes of an NVIDIA card, with the memory that each holds."""

from collections.abc import Callable, Iterable, Mapping

from ollama_top.model.gpu import NO_MODEL, GpuProcess, GpuWork
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.sources.gpus.nvidia_asking import Card
from ollama_top.sources.gpus.nvml import Nvml, RefusedError, asked

TRIES = 3  # a process that starts between the two halves of the question makes the answer too long
HIGHEST_PID = 1 << 22  # of any Linux
UNKNOWN_MEMORY = Missing(
    Why.UNSUPPORTED, "NVIDIA's driver does not know what each process holds, as under Windows (WSL)."
)

Name = Callable[[int], Reading[str]]
"""Tells the program of a process, or why it is not known."""

Held = Mapping[int, int | None]
"""Bytes by process; None where the driver does not know them."""


def processes(card: Card, name_of: Name) -> tuple[Reading[tuple[GpuProcess, ...]], str | None]:
    """Who computes and draws on the card, and what keeps the list from being whole."""
    nvml = card.nvml
    computing = _held(
        card,
        "the processes of this card",
        nvml.nvmlDeviceGetComputeRunningProcesses_v3,
        nvml.nvmlDeviceGetComputeRunningProcesses_v2,
    )
    drawing = _held(
        card,
        "the processes that draw on this card",
        nvml.nvmlDeviceGetGraphicsRunningProcesses_v3,
        nvml.nvmlDeviceGetGraphicsRunningProcesses_v2,
    )
    if isinstance(computing, Missing):
        return computing, None
    if isinstance(drawing, Known):
        return Known(_joined(computing.value, drawing.value, name_of), Source.NVIDIA), None
    note = None if drawing.why is Why.UNSUPPORTED else drawing.hint  # cards for computing draw nothing
    return Known(_joined(computing.value, {}, name_of), Source.NVIDIA), note


def _held(
    card: Card, subject: str, newest: Callable[[Nvml], Nvml], older: Callable[[Nvml], Nvml]
) -> Reading[Held]:
    nvml = card.nvml
    return card.tell(
        subject,
        lambda handle: _by_pid(_sensible(nvml, _patiently(nvml, newest, handle))),
        lambda handle: _by_pid(_patiently(nvml, older, handle)),
    )


def _patiently(nvml: Nvml, question: Callable[[Nvml], Nvml], handle: Nvml) -> Nvml:
    for _ in range(TRIES - 1):
        try:
            return asked(nvml, question, handle)
        except RefusedError as refusal:
            if refusal.code != nvml.NVML_ERROR_INSUFFICIENT_SIZE:
                raise
    return asked(nvml, question, handle)


def _sensible(nvml: Nvml, entries: Nvml) -> Nvml:
    """The entries, unless they are longer than they are taken for, as early 535 drivers made them.

    Read so, a part of one passes for the pid of the next. The older function is right there.
    """
    if all(0 < each.pid <= HIGHEST_PID for each in entries):
        return entries
    raise RefusedError(nvml.NVML_ERROR_FUNCTION_NOT_FOUND, "entries of another length")


def _by_pid(entries: Iterable[Nvml]) -> Held:
    """A process that works on several slices of a card is listed for each."""
    held: dict[int, int | None] = {}
    for each in entries:
        before, now = held.get(each.pid, 0), each.usedGpuMemory
        held[each.pid] = None if before is None or now is None else before + int(now)
    return held


def _joined(computing: Held, drawing: Held, name_of: Name) -> tuple[GpuProcess, ...]:
    """One entry a process; of one that does both, the two lists tell the same memory."""
    held = {**drawing, **computing}
    return tuple(
        GpuProcess(
            pid=pid,
            work=_work(pid in computing, pid in drawing),
            memory_bytes=UNKNOWN_MEMORY if memory is None else Known(memory, Source.NVIDIA),
            name=name_of(pid),
            model=NO_MODEL,
        )
        for pid, memory in sorted(held.items())
    )


def _work(computes: bool, draws: bool) -> GpuWork:
    if computes and draws:
        return GpuWork.BOTH
    return GpuWork.COMPUTE if computes else GpuWork.GRAPHICS

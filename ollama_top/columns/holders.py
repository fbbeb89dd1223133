"""Who holds the memory of a card, the largest first: models by name, others by their programs. Pure."""

from ollama_top.columns import formats
from ollama_top.columns.cell import UNKNOWN, shown
from ollama_top.model.gpu import Gpu, GpuProcess
from ollama_top.model.reading import Known, value_or

OTHER = "other"


def holders(gpu: Gpu) -> str:
    """One line: `qwen3:8b 9.8G, Xorg 310M, other 120M`; a dash where the driver does not tell."""
    if not isinstance(gpu.processes, Known):
        return UNKNOWN.text
    found = sorted(gpu.processes.value, key=lambda each: -value_or(each.memory_bytes, 0))
    parts = [f"{holder_name(each)} {shown(each.memory_bytes, formats.size).text}" for each in found]
    if value_or(gpu.memory_other_bytes, 0):
        parts.append(f"{OTHER} {shown(gpu.memory_other_bytes, formats.size).text}")
    return ", ".join(parts) or "nobody"


def holder_name(process: GpuProcess) -> str:
    """The model that it holds, else its program, else its number."""
    if isinstance(process.model, Known):
        return process.model.value
    return value_or(process.name, f"pid {process.pid}")

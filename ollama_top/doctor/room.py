"""How much memory is free where a model lies, or where it would be put. Pure."""

from collections.abc import Iterable

from ollama_top.model.frame import Snapshot
from ollama_top.model.gpu import Gpu
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, value_or
from ollama_top.model.what_if import Memory

KEPT_FREE_A_GPU = 1 << 30
"""llama-server moves layers to RAM rather than leave less than this on a card."""

NO_GPU = Missing(Why.ABSENT, "no GPU can be read on this machine")


def place_of(model: LoadedModel | None, gpus: Iterable[Gpu]) -> Memory:
    """Where a model lies; one that is not loaded would go to the GPUs if there are any."""
    if model is not None and isinstance(model.vram_bytes, Known):
        return Memory.VRAM if model.vram_bytes.value else Memory.RAM
    return Memory.VRAM if tuple(gpus) else Memory.RAM


def free_bytes(place: Memory, snapshot: Snapshot) -> Reading[int]:
    """What is free there, on all GPUs together."""
    if isinstance(snapshot.server.pid, Missing) and snapshot.server.pid.why is Why.NOT_LOCAL:
        return snapshot.server.pid
    if place is Memory.RAM:
        host = snapshot.host
        return _free(host.memory_used_bytes, host.memory_total_bytes, Source.HOST)
    if not snapshot.gpus:
        return NO_GPU
    free = [_free(each.memory_used_bytes, each.memory_total_bytes, Source.NVIDIA) for each in snapshot.gpus]
    missing = next((each for each in free if isinstance(each, Missing)), None)
    return missing or Known(sum(value_or(each, 0) for each in free), Source.NVIDIA)


def held_bytes(model: LoadedModel | None, place: Memory) -> int:
    """What the model itself holds there, which is free again before it is loaded anew."""
    if model is None:
        return 0
    return value_or(model.vram_bytes if place is Memory.VRAM else model.size_bytes, 0)


def _free(used: Reading[int], total: Reading[int], source: Source) -> Reading[int]:
    if isinstance(used, Missing):
        return used
    return total if isinstance(total, Missing) else Known(max(0, total.value - used.value), source)

"""The machine that ollama-top runs on."""

from dataclasses import dataclass

from ollama_top.model.fact import fact
from ollama_top.model.reading import Reading


@dataclass(frozen=True, slots=True)
class Host:
    """CPU and memory of this machine."""

    name: str = fact("Host name.")
    cpu_count: Reading[int] = fact("Logical processors.")
    cpu_percent: Reading[float] = fact("CPU in use since the last look; 100 is all processors.")
    memory_used_bytes: Reading[int] = fact(
        "Memory that cannot be had without swapping: total less available."
    )
    memory_total_bytes: Reading[int] = fact("Memory in all.")
    swap_used_bytes: Reading[int] = fact("Memory that lies on disk: what is needed of it is slow.")
    swap_total_bytes: Reading[int] = fact("Room for swapping in all.")
    load_average: Reading[float] = fact(
        "Tasks that ran or waited to run or for a disk, over the last minute."
    )

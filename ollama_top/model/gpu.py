"""A graphics card."""

from dataclasses import dataclass

from ollama_top.model.fact import fact
from ollama_top.model.reading import Reading


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU, as its driver describes it."""

    index: int = fact("Number that the driver gives it.")
    vendor: str = fact("`nvidia`; other vendors follow.")
    uuid: Reading[str] = fact("Identity that survives a reboot.")
    name: Reading[str] = fact("Product name.")
    memory_used_bytes: Reading[int] = fact(
        "Memory in use, the driver's own reserve left out where it tells them apart."
    )
    memory_total_bytes: Reading[int] = fact("Memory in all.")
    utilization_percent: Reading[float] = fact("Share of the last sample period in which a kernel ran.")
    temperature_celsius: Reading[float] = fact("Temperature of the chip.")
    power_w: Reading[float] = fact("Power drawn.")
    power_limit_w: Reading[float] = fact("Power limit in force.")
    problem: str | None = fact("Why this card could not be read; null when it could.")

"""A graphics card, and who holds its memory."""

from dataclasses import dataclass, fields
from typing import Any

from ollama_top.model.fact import fact
from ollama_top.model.reading import Known, Missing, Reading, Why
from ollama_top.model.vocabulary import Vocabulary


class Vendor(Vocabulary):
    """Who made a GPU; each is a source of its own."""

    NVIDIA = "nvidia", "NVIDIA, asked through NVML"
    AMD = "amd", "AMD, read from the amdgpu driver's files"
    INTEL = "intel", "Intel, by name and by what the kernel measures of it"
    APPLE = "apple", "Apple, as ioreg tells it"


class Throttle(Vocabulary):
    """What keeps a GPU's clocks below what it could reach."""

    IDLE = "idle", "nothing runs on it"
    POWER_CAP = "power_cap", "it draws as much power as its limit allows"
    HEAT = "heat", "it is too hot, and its driver slows it down"
    HEAT_HARDWARE = "heat_hardware", "it is too hot, and its hardware slows it down by half or more"
    POWER_BRAKE = "power_brake", "the machine's power supply asks it to draw less"
    HARDWARE = "hardware", "its hardware slows it down, by heat or by power"
    CLOCK_SETTING = "clock_setting", "somebody set its clocks"
    SYNC_BOOST = "sync_boost", "it keeps step with other cards"
    DISPLAY = "display", "its display needs these clocks"
    BOARD_LIMIT = "board_limit", "its board allows no more"
    RELIABILITY = "reliability", "its voltage allows no more"
    OTHER = "other", "a reason that this version of ollama-top does not know"


class GpuWork(Vocabulary):
    """What a process does on a GPU."""

    COMPUTE = "compute", "it computes"
    GRAPHICS = "graphics", "it draws"
    BOTH = "both", "it computes and draws"
    UNTOLD = "untold", "the driver does not tell them apart"


NO_MODEL = Missing(Why.ABSENT, "it is no runner of this server")


@dataclass(frozen=True, slots=True)
class GpuProcess:
    """One process that holds memory of a GPU."""

    pid: int = fact("Process, by the number that the driver tells.")
    work: GpuWork = fact("What it does there.")
    memory_bytes: Reading[int] = fact("Memory of the GPU that it holds.")
    name: Reading[str] = fact("Its program.")
    model: Reading[str] = fact("Model that it holds, where it is a runner of the server looked at.")


@dataclass(frozen=True, slots=True)
class GpuShare:
    """What one process holds of one GPU."""

    vendor: Vendor = fact("Who made the GPU.")
    gpu: int = fact("Number of the GPU among those of its vendor.")
    uuid: Reading[str] = fact("Identity of the GPU.")
    memory_bytes: Reading[int] = fact("Memory of the GPU that is held.")


@dataclass(frozen=True, slots=True)
class MigDevice:
    """One slice of a GPU that is divided (NVIDIA's MIG)."""

    index: int = fact("Number of the slice on its GPU.")
    uuid: Reading[str] = fact("Its identity, by which CUDA_VISIBLE_DEVICES names it.")
    memory_used_bytes: Reading[int] = fact("Memory of the slice in use.")
    memory_total_bytes: Reading[int] = fact("Memory of the slice in all.")


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU, as its driver describes it."""

    index: int = fact("Number that the driver gives it, from 0 for each vendor.")
    vendor: Vendor = fact("Who made it.")
    uuid: Reading[str] = fact("Identity that survives a reboot.")
    pci_address: Reading[str] = fact("Where it is plugged in.")
    name: Reading[str] = fact("Product name.")
    problem: str | None = fact("Why this card could not be read; null when it could.")
    driver_version: Reading[str] = fact("Version of its driver.")
    memory_used_bytes: Reading[int] = fact(
        "Memory in use, the driver's own reserve left out where it tells them apart."
    )
    memory_total_bytes: Reading[int] = fact("Memory in all.")
    memory_is_shared: Reading[bool] = fact("Whether its memory is the machine's own, and no memory apart.")
    processes: Reading[tuple[GpuProcess, ...]] = fact("Processes that hold memory of it.")
    processes_note: str | None = fact("What keeps `processes` from being whole; null when nothing does.")
    memory_other_bytes: Reading[int] = fact("Memory in use that no listed process accounts for.")
    utilization_percent: Reading[float] = fact("Share of the last sample period in which a kernel ran.")
    temperature_celsius: Reading[float] = fact("Temperature of the chip.")
    power_w: Reading[float] = fact("Power drawn.")
    power_limit_w: Reading[float] = fact("Power limit in force.")
    energy_j: Reading[float] = fact("Energy drawn since its driver was loaded.")
    fan_percent: Reading[float] = fact("Speed that its fans are set to; with several, of the first.")
    clock_mhz: Reading[int] = fact("Clock of the cores that compute.")
    clock_max_mhz: Reading[int] = fact("Highest clock of these cores.")
    memory_clock_mhz: Reading[int] = fact("Clock of its memory.")
    memory_clock_max_mhz: Reading[int] = fact("Highest clock of its memory.")
    performance_state: Reading[int] = fact("From 0, the fastest, to 15, the slowest.")
    throttle: Reading[tuple[Throttle, ...]] = fact("What keeps its clocks low now; none where nothing does.")
    pcie_generation: Reading[int] = fact("Generation of the PCIe link now; links rest in a low one.")
    pcie_generation_max: Reading[int] = fact("Highest generation that card and slot share.")
    pcie_width: Reading[int] = fact("Lanes of the PCIe link now.")
    pcie_width_max: Reading[int] = fact("Most lanes that card and slot share.")
    mig_enabled: Reading[bool] = fact("Whether it is divided into slices (MIG).")
    mig_devices: Reading[tuple[MigDevice, ...]] = fact("Its slices.")

    @classmethod
    def untold(
        cls,
        index: int,
        vendor: Vendor,
        missing: Missing,
        *,
        problem: str | None = None,
        **told: Any,  # noqa: ANN401 - readings of any type
    ) -> "Gpu":
        """A card of which nothing is known but what is `told`, for the reason of `missing`."""
        named = {"index", "vendor", "processes_note", "problem"}
        unknown: dict[str, Any] = {each.name: missing for each in fields(cls) if each.name not in named}
        return cls(index=index, vendor=vendor, processes_note=None, problem=problem, **(unknown | told))

    @property
    def identity(self) -> str:
        """What the card is called for as long as it is there, however the cards are numbered."""
        for each in (self.uuid, self.pci_address):
            if isinstance(each, Known):
                return f"{self.vendor} {each.value}"
        return f"{self.vendor} {self.index}"

"""The simulated cards and those who hold their memory, as a driver would tell them. Pure."""

from collections.abc import Iterable, Mapping

from ollama_top.demo.hardware import CONTEXT_BYTES, CardState
from ollama_top.demo.scheduler import Runner
from ollama_top.demo.world import Process
from ollama_top.model.gpu import NO_MODEL, Gpu, GpuProcess, GpuWork, Throttle, Vendor
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.sources.gpus.look import Told

UNTOLD = Missing(Why.UNSUPPORTED, "NVIDIA's driver does not tell whether a card shares the machine's memory.")
UNDIVIDED = Missing(Why.ABSENT, "This card is not divided.")
PENDING = Missing(Why.PENDING, "Not asked yet.")
DRIVER = "580.95.05"
IDLE_MHZ, BUSY_MHZ, MAX_MHZ = 210, 2520, 3105
MEMORY_IDLE_MHZ, MEMORY_MHZ = 405, 10_501
PCIE_IDLE, PCIE_BUSY, LANES = 1, 4, 16
BUSY_STATE, IDLE_STATE = 2, 8
FAN_FROM_CELSIUS, FAN_PER_DEGREE = 40.0, 2.0
PROGRAM = "llama-server"


def gpu(index: int, state: CardState, processes: Mapping[Runner, Process]) -> Gpu:
    """One card at a moment."""
    card, is_busy = state.card, state.busy_percent > 0
    numbers = {
        "memory_used_bytes": state.used_bytes,
        "memory_total_bytes": card.memory_bytes,
        "utilization_percent": state.busy_percent,
        "temperature_celsius": round(state.celsius),
        "power_w": round(state.power_w, 1),
        "power_limit_w": card.limit_w,
        "energy_j": round(state.energy_j),
        "fan_percent": round(max(0.0, (state.celsius - FAN_FROM_CELSIUS) * FAN_PER_DEGREE)),
        "clock_mhz": BUSY_MHZ if is_busy else IDLE_MHZ,
        "clock_max_mhz": MAX_MHZ,
        "memory_clock_mhz": MEMORY_MHZ if is_busy else MEMORY_IDLE_MHZ,
        "memory_clock_max_mhz": MEMORY_MHZ,
        "performance_state": BUSY_STATE if is_busy else IDLE_STATE,
        "pcie_generation": PCIE_BUSY if is_busy else PCIE_IDLE,
        "pcie_generation_max": PCIE_BUSY,
        "pcie_width": LANES,
        "pcie_width_max": LANES,
    }
    told: Told = {name: Known(number, Source.NVIDIA) for name, number in numbers.items()}
    return Gpu.untold(
        index,
        Vendor.NVIDIA,
        PENDING,
        uuid=Known(card.uuid, Source.NVIDIA),
        pci_address=Known(f"0000:{index + 1:02x}:00.0", Source.NVIDIA),
        name=Known(card.name, Source.NVIDIA),
        driver_version=Known(DRIVER, Source.NVIDIA),
        memory_is_shared=UNTOLD,
        throttle=Known(() if is_busy else (Throttle.IDLE,), Source.NVIDIA),
        mig_enabled=Known(value=False, source=Source.NVIDIA),
        mig_devices=UNDIVIDED,
        processes=Known(tuple(_holders(index, processes)), Source.NVIDIA),
        **told,
    )


def _holders(card: int, processes: Mapping[Runner, Process]) -> Iterable[GpuProcess]:
    """The runners with a part on the card, by their pids."""
    for runner, process in sorted(processes.items(), key=lambda each: each[1].pid):
        held_bytes = runner.placement.vram_bytes[card]
        if held_bytes:
            yield GpuProcess(
                pid=process.pid,
                work=GpuWork.COMPUTE,
                memory_bytes=Known(held_bytes + CONTEXT_BYTES, Source.NVIDIA),
                name=Known(PROGRAM, Source.PROCESSES),
                model=NO_MODEL,
            )

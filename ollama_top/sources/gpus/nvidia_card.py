"""One NVIDIA card: what is asked of it once, and what at each look.

Must never ask each time for what stays as it is: each question may wait for the card. Nor for the
traffic on its PCIe link, which the driver counts for 20 ms while the asker waits.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ollama_top.model.gpu import Gpu, Throttle, Vendor
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, map_known
from ollama_top.sources.gpus.nvidia_asking import Card, refused, untold
from ollama_top.sources.gpus.nvidia_mig import mig_devices
from ollama_top.sources.gpus.nvidia_processes import Name, processes
from ollama_top.sources.gpus.nvml import Nvml, RefusedError, asked

SHARED_MEMORY = " Boards that share the machine's memory, as Jetson and GB10 do, have none of their own."
THROTTLES = {
    0x1: Throttle.IDLE,
    0x2: Throttle.CLOCK_SETTING,
    0x4: Throttle.POWER_CAP,
    0x8: Throttle.HARDWARE,
    0x10: Throttle.SYNC_BOOST,
    0x20: Throttle.HEAT,
    0x40: Throttle.HEAT_HARDWARE,
    0x80: Throttle.POWER_BRAKE,
    0x100: Throttle.DISPLAY,
    0x200: Throttle.BOARD_LIMIT,
    0x400: Throttle.RELIABILITY,
}
"""The bits of nvmlClocksEventReason, which older drivers call nvmlClocksThrottleReason."""


@dataclass(frozen=True, slots=True)
class KnownCard:
    """A card that has been asked for what stays as it is; `facts` holds no more than that."""

    card: Card
    facts: Gpu


def get_to_know(nvml: Nvml, index: int) -> KnownCard:
    """The card of this number, with what need not be asked again; raises RefusedError."""
    card = Card(nvml, asked(nvml, nvml.nvmlDeviceGetHandleByIndex, index))
    limit = card.tell("the power limit of this card", nvml.nvmlDeviceGetEnforcedPowerLimit)
    mode = card.tell("whether this card is divided", nvml.nvmlDeviceGetMigMode)
    facts = Gpu.untold(
        index,
        Vendor.NVIDIA,
        Missing(Why.PENDING, "Not asked yet."),
        uuid=card.tell("the identity of this card", nvml.nvmlDeviceGetUUID),
        pci_address=card.tell("where this card is plugged in", lambda handle: _pci_address(nvml, handle)),
        name=card.tell("the name of this card", nvml.nvmlDeviceGetName),
        driver_version=card.tell("its version", lambda _: nvml.nvmlSystemGetDriverVersion()),
        memory_is_shared=Missing(Why.UNSUPPORTED, untold("whether a card shares the machine's memory")),
        power_limit_w=map_known(limit, _thousandth),
        clock_max_mhz=_clock(card, nvml.nvmlDeviceGetMaxClockInfo, nvml.NVML_CLOCK_SM, "the highest clock"),
        memory_clock_max_mhz=_clock(
            card, nvml.nvmlDeviceGetMaxClockInfo, nvml.NVML_CLOCK_MEM, "the highest memory clock"
        ),
        pcie_generation_max=card.tell(
            "the PCIe generation that is possible", nvml.nvmlDeviceGetMaxPcieLinkGeneration
        ),
        pcie_width_max=card.tell("the PCIe lanes that are possible", nvml.nvmlDeviceGetMaxPcieLinkWidth),
        mig_enabled=map_known(mode, lambda modes: modes[0] == nvml.NVML_DEVICE_MIG_ENABLE),
    )
    return KnownCard(card, facts)


def read_card(known: KnownCard, name_of: Name) -> Gpu:
    """The card now; raises RefusedError when it is gone."""
    card, nvml = known.card, known.card.nvml
    memory = _memory(card)
    listed, note = processes(card, name_of)
    return replace(
        known.facts,
        memory_used_bytes=map_known(memory, lambda sizes: sizes[0]),
        memory_total_bytes=map_known(memory, lambda sizes: sizes[1]),
        utilization_percent=map_known(
            card.tell("the load of this card", lambda each: nvml.nvmlDeviceGetUtilizationRates(each).gpu),
            float,
        ),
        temperature_celsius=map_known(_heat(card), float),
        power_w=map_known(card.tell("the power of this card", nvml.nvmlDeviceGetPowerUsage), _thousandth),
        energy_j=map_known(
            card.tell("the energy of this card", nvml.nvmlDeviceGetTotalEnergyConsumption), _thousandth
        ),
        fan_percent=map_known(card.tell("a fan of this card", nvml.nvmlDeviceGetFanSpeed), float),
        clock_mhz=_clock(card, nvml.nvmlDeviceGetClockInfo, nvml.NVML_CLOCK_SM, "the clock"),
        memory_clock_mhz=_clock(card, nvml.nvmlDeviceGetClockInfo, nvml.NVML_CLOCK_MEM, "the memory clock"),
        performance_state=_performance_state(card),
        throttle=map_known(_throttle_bits(card), throttles),
        pcie_generation=card.tell("its PCIe generation", nvml.nvmlDeviceGetCurrPcieLinkGeneration),
        pcie_width=card.tell("its PCIe lanes", nvml.nvmlDeviceGetCurrPcieLinkWidth),
        mig_devices=mig_devices(card, known.facts.mig_enabled),
        processes=listed,
        processes_note=note,
    )


def silent_card(nvml: Nvml, index: int, before: Gpu | None, refusal: RefusedError) -> Gpu:
    """A card that does not answer; it keeps the name and identity it had `before`."""
    missing = refused(nvml, refusal, "this card")
    kept = {each: getattr(before, each) if before else missing for each in ("uuid", "pci_address", "name")}
    return Gpu.untold(index, Vendor.NVIDIA, missing, problem=missing.hint, **kept)


def throttles(bits: int) -> tuple[Throttle, ...]:
    """What the bits of the driver say; one that is not known is said to be there."""
    unknown = bits & ~sum(THROTTLES)
    named = tuple(each for bit, each in THROTTLES.items() if bits & bit)
    return (*named, Throttle.OTHER) if unknown else named


def _memory(card: Card) -> Reading[tuple[int, int]]:
    """Used and in all. The second version leaves the driver's own reserve out, as nvidia-smi does."""
    nvml = card.nvml
    memory = card.tell(
        "the memory of this card",
        lambda handle: _used_and_total(nvml.nvmlDeviceGetMemoryInfo(handle, nvml.nvmlMemory_v2)),
        lambda handle: _used_and_total(nvml.nvmlDeviceGetMemoryInfo(handle)),
    )
    if isinstance(memory, Missing) and memory.why is Why.UNSUPPORTED:
        return Missing(memory.why, memory.hint + SHARED_MEMORY)
    return memory


def _heat(card: Card) -> Reading[int]:
    nvml = card.nvml
    return card.tell(
        "the temperature of this card",
        lambda handle: int(nvml.nvmlDeviceGetTemperatureV(handle, nvml.NVML_TEMPERATURE_GPU)),
        lambda handle: int(nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU)),
    )


def _clock(card: Card, question: Callable[[Nvml, int], int], kind: int, subject: str) -> Reading[int]:
    return card.tell(f"{subject} of this card", lambda handle: question(handle, kind))


def _throttle_bits(card: Card) -> Reading[int]:
    nvml = card.nvml
    return card.tell(
        "what slows this card down",
        nvml.nvmlDeviceGetCurrentClocksEventReasons,
        nvml.nvmlDeviceGetCurrentClocksThrottleReasons,
    )


def _performance_state(card: Card) -> Reading[int]:
    """0 to 15; 32 is NVML's word for one that it does not know."""
    subject = "the performance state of this card"
    state = card.tell(subject, card.nvml.nvmlDeviceGetPerformanceState)
    if state == Known(card.nvml.NVML_PSTATE_UNKNOWN, Source.NVIDIA):
        return Missing(Why.UNSUPPORTED, untold(subject))
    return state


def _pci_address(nvml: Nvml, handle: Nvml) -> str:
    """As Linux writes it; NVML has four digits more, and capitals."""
    return normal_address(_text(nvml.nvmlDeviceGetPciInfo(handle).busId))


def normal_address(address: str) -> str:
    """A PCI address as Linux writes it: 0000:01:00.0."""
    domain, _, rest = address.lower().partition(":")
    return f"{domain[-4:]}:{rest}" if rest else domain


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _used_and_total(memory: Nvml) -> tuple[int, int]:
    return int(memory.used), int(memory.total)


def _thousandth(number: int) -> float:
    """Watts of milliwatts, joules of millijoules."""
    return number / 1000

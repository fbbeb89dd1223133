"""The cards that a state file of the mock describes, worked out without NVML.

Must share no code with what reads NVML: it is what the reading is compared with.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields

from nvml_mock.mock import NvmlMock

from ollama_top.model.gpu import Gpu, GpuProcess, MigDevice
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.sources.gpus.look import GpuLook

SUFFIXES = {"K": 2**10, "M": 2**20, "G": 2**30}
READING_CARD = "nvmlDeviceGet"
REASONS = {"NOT_SUPPORTED": Why.UNSUPPORTED, "NO_PERMISSION": Why.DENIED}
REASON_BITS = (
    *("idle", "clock_setting", "power_cap", "hardware", "sync_boost", "heat", "heat_hardware"),
    *("power_brake", "display", "board_limit", "reliability"),
)
WORK = {"C": "compute", "G": "graphics", "CG": "both"}
NUMBERS = {  # what is told as a number: by which function, under which key
    "utilization_percent": ("UtilizationRates", "util_gpu"),
    "energy_j": ("TotalEnergyConsumption", "energy"),
    "power_w": ("PowerUsage", "power"),
    "power_limit_w": ("EnforcedPowerLimit", "power_limit"),
    "fan_percent": ("FanSpeed", "fan"),
    "clock_mhz": ("ClockInfo", "clock_sm"),
    "clock_max_mhz": ("MaxClockInfo", "clock_max_sm"),
    "memory_clock_mhz": ("ClockInfo", "clock_mem"),
    "memory_clock_max_mhz": ("MaxClockInfo", "clock_max_mem"),
    "performance_state": ("PerformanceState", "pstate"),
    "pcie_generation": ("CurrPcieLinkGeneration", "pcie_gen"),
    "pcie_generation_max": ("MaxPcieLinkGeneration", "pcie_gen_max"),
    "pcie_width": ("CurrPcieLinkWidth", "pcie_width"),
    "pcie_width_max": ("MaxPcieLinkWidth", "pcie_width_max"),
}
IN_THOUSANDTHS = {"power_w", "power_limit_w", "energy_j"}

Plain = dict[str, object]
Section = dict[str, list[str]]


def plain(gpus: Iterable[Gpu]) -> list[Plain]:
    """Cards as read: each value, or why it is missing; whether there is a problem, without its words."""
    return [_members(gpu) for gpu in gpus]


def expected(state: str, *, old_driver: bool = False) -> list[Plain]:
    """Cards as the state file says, in the form of `plain`."""
    system, defaults, cards = _sections(state)
    return [_card(index, defaults | cards[index], system, old_driver=old_driver) for index in sorted(cards)]


def same_as_file(look: GpuLook, driver: NvmlMock, *, old_driver: bool = False) -> bool:
    """Whether a look without a problem shows the cards of the driver's state file."""
    assert (look.problem, look.absent) == (None, False)
    assert plain(look.gpus) == expected(driver.state.read_text(), old_driver=old_driver)
    return True


def _sections(state: str) -> tuple[Section, Section, Mapping[int, Section]]:
    system: Section = {}
    defaults: Section = {}
    cards: dict[int, Section] = {}
    into = system
    for line in filter(None, map(str.strip, state.splitlines())):
        if line == "[gpu *]":
            into = defaults
        elif line.startswith("["):
            into = cards.setdefault(int(line.strip("[]").split()[1]), {})
        else:
            key, _, value = line.partition("=")
            into.setdefault(key, []).append(value)
    return system, defaults, cards


def _members(value: object) -> Plain:
    """The fields; who a process is has no place in the file."""
    skipped = {"name", "model"} if isinstance(value, GpuProcess) else {"memory_other_bytes"}
    names = [each.name for each in fields(value) if each.name not in skipped]  # type: ignore[arg-type]
    return {name: _plain_value(getattr(value, name)) for name in names}


def _plain_value(value: object) -> object:
    match value:
        case Known(tuple() as known, Source.NVIDIA):
            return [_members(each) if isinstance(each, GpuProcess | MigDevice) else each for each in known]
        case Known(known, Source.NVIDIA):
            return known
        case Missing(why, hint):
            assert hint.endswith(".")
            return why
        case str() if value.endswith("."):
            return "a problem"
        case _:
            return value


def _card(index: int, card: Section, system: Section, *, old_driver: bool) -> Plain:
    failed = _last(card, "error")
    told = {key: _number_of(card, key, *how) for key, how in NUMBERS.items()}
    plain: Plain = {
        "uuid": _text_of(card, "UUID", "uuid"),
        "name": _text_of(card, "Name", "name"),
        "pci_address": _text_of(card, "PciInfo_v3", "pci"),
        "driver_version": _last(system, "driver") or Why.UNSUPPORTED,
        **_memory(card, old_driver=old_driver),
        "memory_is_shared": Why.UNSUPPORTED,
        "temperature_celsius": _number_of(card, "Temperature" if old_driver else "TemperatureV", "temp"),
        **told,
        "throttle": _throttle(card, old_driver=old_driver),
        **_slices(card),
        "processes": _processes(card, old_driver=old_driver),
    }
    if failed:
        plain = dict.fromkeys(plain, REASONS.get(failed, Why.FAILED))
    return {
        "index": index,
        "vendor": "nvidia",
        "processes_note": None,
        "problem": "a problem" if failed else None,
    } | plain


def _memory(card: Section, *, old_driver: bool) -> Plain:
    function = "MemoryInfo" if old_driver else "MemoryInfo_v2"
    used, total = _number_of(card, function, "mem_used"), _number_of(card, function, "mem_total")
    missing = next((each for each in (used, total) if isinstance(each, Why)), None)
    if missing is None and old_driver and isinstance(used, float):
        used += _number(_last(card, "mem_reserved") or "0")  # the old function counts the reserve as used
    return {"memory_used_bytes": missing or used, "memory_total_bytes": missing or total}


def _throttle(card: Section, *, old_driver: bool) -> object:
    kind = "Throttle" if old_driver else "Event"
    bits = _number_of(card, f"CurrentClocks{kind}Reasons", "throttle")
    if not isinstance(bits, float):
        return bits
    return [word for place, word in enumerate(REASON_BITS) if int(bits) >> place & 1]


def _slices(card: Section) -> Plain:
    mode = _number_of(card, "MigMode", "mig")
    if not isinstance(mode, float):
        return {"mig_enabled": mode, "mig_devices": mode}
    if not mode:
        return {"mig_enabled": False, "mig_devices": Why.ABSENT}
    slices = [each.split(",") for each in card.get("slice", [])]
    return {
        "mig_enabled": True,
        "mig_devices": [
            {
                "index": index,
                "uuid": uuid,
                "memory_used_bytes": _number(used),
                "memory_total_bytes": _number(total),
            }
            for index, (uuid, used, total) in enumerate(slices)
        ],
    }


def _processes(card: Section, *, old_driver: bool) -> object:
    version = "2" if old_driver else "3"
    error = _last(card, f"error.{READING_CARD}ComputeRunningProcesses_v{version}")
    if error:
        return REASONS.get(error, Why.FAILED)
    found = [each.split(",") for each in card.get("proc", [])]
    return [
        {
            "pid": int(pid),
            "work": WORK[kind],
            "memory_bytes": Why.UNSUPPORTED if memory == "-" else _number(memory),
        }
        for pid, kind, memory in sorted(found, key=lambda each: int(each[0]))
    ]


def _last(section: Section, key: str) -> str | None:
    return (section.get(key) or [None])[-1]


def _text_of(card: Section, function: str, key: str) -> object:
    error = _last(card, f"error.{READING_CARD}{function}")
    return REASONS.get(error, Why.FAILED) if error else _last(card, key) or Why.UNSUPPORTED


def _number_of(card: Section, name: str, *how: str) -> object:
    function, key = how if len(how) == 2 else (name, how[0])
    text = _text_of(card, function, key)
    if not isinstance(text, str) or isinstance(text, Why):
        return text
    if text == "-":
        return Why.UNSUPPORTED
    return _number(text) / (1000 if name in IN_THOUSANDTHS else 1)


def _number(value: str) -> float:
    return float(value[:-1]) * SUFFIXES[value[-1]] if value[-1] in SUFFIXES else float(value)

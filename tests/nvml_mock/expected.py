"""The cards that a state file of the mock describes, worked out without NVML.

Must share no code with what reads NVML: it is what the reading is compared with.
"""

from collections.abc import Iterable
from dataclasses import fields

from nvml_mock.mock import NvmlMock

from ollama_top.model.gpu import Gpu
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.sources.gpus.look import GpuLook

SUFFIXES = {"K": 2**10, "M": 2**20, "G": 2**30}
READING_CARD = "nvmlDeviceGet"
REASONS = {"NOT_SUPPORTED": Why.UNSUPPORTED, "NO_PERMISSION": Why.DENIED}

Plain = dict[str, object]


def plain(gpus: Iterable[Gpu]) -> list[Plain]:
    """Cards as read: each value, or why it is missing; whether there is a problem, without its words."""
    return [{each.name: _plain_value(getattr(gpu, each.name)) for each in fields(gpu)} for gpu in gpus]


def expected(state: str, *, old_driver: bool = False) -> list[Plain]:
    """Cards as the state file says, in the form of `plain`."""
    defaults: dict[str, str] = {}
    cards: dict[int, dict[str, str]] = {}
    into: dict[str, str] = {}
    for line in filter(None, map(str.strip, state.splitlines())):
        if line == "[gpu *]":
            into = defaults
        elif line.startswith("["):
            into = cards.setdefault(int(line.strip("[]").split()[1]), {})
        else:
            key, _, value = line.partition("=")
            into[key] = value
    return [_card(index, defaults | cards[index], old_driver=old_driver) for index in sorted(cards)]


def same_as_file(look: GpuLook, driver: NvmlMock, *, old_driver: bool = False) -> bool:
    """Whether a look without a problem shows the cards of the driver's state file."""
    assert (look.problem, look.absent) == (None, False)
    return plain(look.gpus) == expected(driver.state.read_text(), old_driver=old_driver)


def _plain_value(value: object) -> object:
    match value:
        case Known(known, Source.NVIDIA):
            return known
        case Missing(why, hint):
            assert hint.endswith(".")
            return why
        case str() if value.endswith("."):
            return "a problem"
        case _:
            return value


def _card(index: int, card: dict[str, str], *, old_driver: bool) -> Plain:
    failed = card.get("error")
    memory = "MemoryInfo" if old_driver else "MemoryInfo_v2"
    used = _told(card, memory, "mem_used", "mem_total")
    if old_driver and isinstance(used, float):
        used += _number(card.get("mem_reserved", "0"))  # the old function counts the reserve as used
    plain: Plain = {
        "uuid": _told(card, "UUID", "uuid"),
        "name": _told(card, "Name", "name"),
        "memory_used_bytes": used,
        "memory_total_bytes": _told(card, memory, "mem_total", "mem_used"),
        "utilization_percent": _told(card, "UtilizationRates", "util_gpu"),
        "temperature_celsius": _told(card, "Temperature" if old_driver else "TemperatureV", "temp"),
        "power_w": _in_watts(_told(card, "PowerUsage", "power")),
        "power_limit_w": _in_watts(_told(card, "EnforcedPowerLimit", "power_limit")),
    }
    if failed:
        plain = dict.fromkeys(plain, REASONS.get(failed, Why.FAILED))
    return {"index": index, "vendor": "nvidia", "problem": "a problem" if failed else None} | plain


def _told(card: dict[str, str], function: str, *keys: str) -> object:
    error = card.get(f"error.{READING_CARD}{function}")
    if error:
        return REASONS.get(error, Why.FAILED)
    if not all(card.get(key) for key in keys):
        return Why.UNSUPPORTED
    value = card[keys[0]]
    if keys[0] in {"name", "uuid"}:
        return value
    return Why.UNSUPPORTED if value == "-" else _number(value)


def _number(value: str) -> float:
    return float(value[:-1]) * SUFFIXES[value[-1]] if value[-1] in SUFFIXES else float(value)


def _in_watts(milliwatts: object) -> object:
    return milliwatts / 1000 if isinstance(milliwatts, float) else milliwatts

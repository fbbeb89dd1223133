"""The graphics cards that Linux has a driver for: which there are, and how they are plugged in."""

import re
from dataclasses import dataclass
from pathlib import Path

from ollama_top.model.reading import Known, Missing, Reading, Source, map_known
from ollama_top.sources.gpus.look import Told
from ollama_top.sources.gpus.sysfs import Files, untold

CARD = re.compile(r"card(\d+)")  # without the connectors, as card0-HDMI-A-1
GENERATIONS = {"2.5": 1, "5.0": 2, "8.0": 3, "16.0": 4, "32.0": 5, "64.0": 6}
"""PCIe by its GT/s."""


@dataclass(frozen=True, slots=True)
class DrmCard:
    """A card, and where the kernel tells of it."""

    index: int  # among those of its vendor
    address: str  # on the PCI bus
    files: Files
    hwmon: Files | None  # its sensors

    def is_asleep(self) -> bool:
        """Whether the card is suspended; to read most of its files would wake it."""
        return self.files.text("power/runtime_status", "sleep") == Known("suspended", self.files.source)


def cards(sys_root: Path, vendor_id: str, source: Source) -> tuple[DrmCard, ...]:
    """The cards of one vendor such as `0x1002`, in the kernel's order."""
    nodes = [(int(match[1]), each) for each in _entries(sys_root) if (match := CARD.fullmatch(each.name))]
    devices = [Files(node / "device", source) for _, node in sorted(nodes)]
    ours = [each for each in devices if each.text("vendor", "its vendor") == Known(vendor_id, source)]
    return tuple(
        DrmCard(index, each.folder.resolve().name, each, _hwmon(each)) for index, each in enumerate(ours)
    )


def link(card: DrmCard) -> Told:
    """The fields of a GPU that tell its PCIe link now."""
    return {
        "pcie_generation": _generation(card, "current_link_speed"),
        "pcie_width": card.files.number("current_link_width", "its PCIe lanes"),
    }


def highest_link(card: DrmCard) -> Told:
    """The fields of a GPU that tell the best PCIe link that it can have."""
    return {
        "pcie_generation_max": _generation(card, "max_link_speed"),
        "pcie_width_max": card.files.number("max_link_width", "the PCIe lanes that are possible"),
    }


def _generation(card: DrmCard, name: str) -> Reading[int]:
    subject = "its PCIe generation"
    speed = map_known(card.files.text(name, subject), lambda text: GENERATIONS.get(text.split(" ")[0]))
    if isinstance(speed, Missing):
        return speed
    return untold(subject) if speed.value is None else Known(speed.value, speed.source)


def _hwmon(device: Files) -> Files | None:
    found = sorted(device.folder.glob("hwmon/hwmon*"))
    return Files(found[0], device.source) if found else None


def _entries(sys_root: Path) -> list[Path]:
    return list((sys_root / "class/drm").glob("card*"))

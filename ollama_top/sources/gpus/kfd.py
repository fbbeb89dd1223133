"""The processes that compute on AMD's cards through ROCm: the kernel tells them to every user."""

from collections.abc import Iterator, Mapping
from pathlib import Path

KFD = "class/kfd/kfd"

Held = Mapping[int, int]
"""Bytes by process."""


def held_bytes(sys_root: Path) -> Mapping[str, Held]:
    """Memory of each card that its processes hold, by the card's PCI address; empty without ROCm."""
    addresses = dict(_nodes(sys_root / KFD / "topology/nodes"))
    found: dict[str, dict[int, int]] = {}
    for file in (sys_root / KFD / "proc").glob("*/vram_*"):
        address = addresses.get(file.name.removeprefix("vram_"))
        amount = _text(file)
        if address and amount.isdigit() and file.parent.name.isdigit():
            found.setdefault(address, {})[int(file.parent.name)] = int(amount)
    return found


def _nodes(folder: Path) -> Iterator[tuple[str, str]]:
    """The number by which ROCm calls each card, and its PCI address; nodes of processors have none."""
    for node in folder.glob("*"):
        lines = [line.split(" ") for line in _text(node / "properties").splitlines()]
        values = {line[0]: int(line[1]) for line in lines if len(line) == 2 and line[1].isdigit()}
        number, place = _text(node / "gpu_id"), values.get("location_id", 0)
        if number not in {"", "0"} and place:
            slot = f"{place >> 8 & 0xFF:02x}:{place >> 3 & 0x1F:02x}.{place & 7}"
            yield number, f"{values.get('domain', 0):04x}:{slot}"


def _text(file: Path) -> str:
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""

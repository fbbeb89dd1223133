"""What a card is called, by the numbers on its PCI bus: from the lists that Linux systems carry."""

from collections.abc import Iterable
from pathlib import Path

PCI_LISTS = ("hwdata/pci.ids", "misc/pci.ids")
AMD_LIST = "libdrm/amdgpu.ids"


def product_name(share: Path, vendor: str, device: str) -> str | None:
    """The name of a device such as `0x8086`, `0x56a0`; None where no list of the system has it."""
    for name in PCI_LISTS:
        found = in_pci_ids(_lines(share / name), vendor.removeprefix("0x"), device.removeprefix("0x"))
        if found:
            return found
    return None


def amd_name(share: Path, device: str, revision: str) -> str | None:
    """The name of an AMD card, of which one device number has several, told apart by revision."""
    wanted = (device.removeprefix("0x").upper(), revision.removeprefix("0x").upper().zfill(2))
    for line in _lines(share / AMD_LIST):
        parts = [each.strip() for each in line.split(",", 2)]
        if len(parts) == 3 and (parts[0].upper(), parts[1].upper().zfill(2)) == wanted:
            return parts[2]
    return None


def in_pci_ids(lines: Iterable[str], vendor: str, device: str) -> str | None:
    """A device's name: in `pci.ids` vendors stand at the edge, their devices after one tab."""
    is_vendor = False
    for line in lines:
        if not line.startswith(("\t", "#")):
            is_vendor = line.startswith(vendor)
        elif is_vendor and line.startswith(f"\t{device} "):
            return line[1 + len(device) :].strip()
    return None


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(errors="replace").splitlines()
    except OSError:
        return []

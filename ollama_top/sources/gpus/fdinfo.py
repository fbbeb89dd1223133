"""What /proc/PID/fdinfo tells of an open graphics device, in keys that all drivers share. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

UNITS = {"": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
KINDS = ("drm-total-", "drm-memory-", "drm-resident-")  # what is there is told best by the last
OWN_MEMORY = ("vram", "local")


@dataclass(frozen=True, slots=True)
class DrmClient:
    """One opening of a card; a file that several descriptors share is one client."""

    address: str
    client: str
    held_bytes: Mapping[str, int]  # by region: vram, gtt, system0, local0

    def memory_bytes(self, *, is_shared: bool | None) -> int | None:
        """Memory of the card; with `is_shared` also the machine's. None where the driver tells none.

        Unknown sharing is taken from the regions: a card with memory of its own names it.
        """
        own = {key: value for key, value in self.held_bytes.items() if key.startswith(OWN_MEMORY)}
        if is_shared or (is_shared is None and not own):
            own = dict(self.held_bytes)
        return sum(own.values()) if self.held_bytes else None


def parse_fdinfo(text: str) -> DrmClient | None:
    """The client that an fdinfo file describes; None where it is no graphics device on a PCI bus."""
    pairs = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    values = {key: value.strip() for key, value in pairs.items() if key.startswith("drm-")}
    address, client = values.get("drm-pdev"), values.get("drm-client-id")
    if not address or not client:
        return None
    held: dict[str, int] = {}
    for kind in KINDS:
        for key, value in values.items():
            amount = _amount(value) if key.startswith(kind) else None
            if amount is not None:
                held[key.removeprefix(kind)] = amount
    return DrmClient(address.lower(), client, held)


def _amount(text: str) -> int | None:
    number, _, unit = text.partition(" ")
    if not number.isascii() or not number.isdigit() or unit.strip() not in UNITS:
        return None
    return int(number) * UNITS[unit.strip()]

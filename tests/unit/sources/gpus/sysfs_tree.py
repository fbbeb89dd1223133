"""A tree as Linux keeps it under /sys and /proc, for cards that this machine lacks.

Written from the documentation of the kernel's drivers, not recorded from a machine.
"""

import struct
from pathlib import Path

from ollama_top.model.reading import Known, Reading, Source

GIB = 1 << 30


class Tree:
    """Files under a folder of a test's own."""

    def __init__(self, folder: Path) -> None:
        self.sys, self.proc, self.share = (folder / name for name in ("sys", "proc", "share"))
        self.proc.mkdir()
        self._hwmons = 0

    def card(self, number: int, address: str, files: dict[str, str | bytes]) -> Path:
        """A card as `card<number>`; the folder of its device."""
        device = self.sys / "devices/pci0000:00" / address
        node = self.sys / f"class/drm/card{number}"
        node.mkdir(parents=True)
        (self.sys / f"class/drm/card{number}-HDMI-A-1").mkdir()
        device.mkdir(parents=True)
        (node / "device").symlink_to(device)
        self.write(device, files)
        return device

    def sensors(self, device: Path, files: dict[str, str | bytes]) -> Path:
        """The sensors of a card."""
        self._hwmons += 1
        folder = device / f"hwmon/hwmon{self._hwmons}"
        self.write(folder, files)
        return folder

    def process(self, pid: int, *fdinfos: str) -> None:
        """A process that has a card open, once for each of the texts."""
        for number, text in enumerate(fdinfos, start=3):
            self.write(self.proc / str(pid) / "fdinfo", {str(number): text})
            link = self.proc / str(pid) / "fd" / str(number)
            link.parent.mkdir(exist_ok=True)
            link.symlink_to("/dev/dri/renderD128")

    @staticmethod
    def write(folder: Path, files: dict[str, str | bytes]) -> None:
        """Files of one folder."""
        for name, content in files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else f"{content}\n".encode())


def radeon(**changes: str | bytes | None) -> dict[str, str | bytes]:
    """An RX 7900 XTX that tells everything; a change to None is a file that is not there."""
    files: dict[str, str | bytes | None] = {
        "vendor": "0x1002",
        "device": "0x744c",
        "revision": "0xc8",
        "unique_id": "8d9a2f1b3c4d5e6f",
        "mem_info_vram_total": str(24 * GIB),
        "mem_info_vram_used": str(10 * GIB),
        "mem_info_gtt_total": str(32 * GIB),
        "mem_info_gtt_used": str(GIB),
        "gpu_busy_percent": "97",
        "current_link_speed": "16.0 GT/s PCIe",
        "max_link_speed": "16.0 GT/s PCIe",
        "current_link_width": "16",
        "max_link_width": "16",
        "pp_dpm_sclk": "0: 500Mhz\n1: 1800Mhz *\n2: 2482Mhz",
        "pp_dpm_mclk": "0: 96Mhz\n1: 1249Mhz *",
        "power/runtime_status": "active",
        "gpu_metrics": metrics(1),
    }
    files |= changes
    return {name: content for name, content in files.items() if content is not None}


RADEON_SENSORS: dict[str, str | bytes] = {
    "temp1_input": "71000",
    "power1_average": "312000000",
    "power1_cap": "355000000",
    "pwm1": "102",
    "freq1_input": "1800000000",
    "freq2_input": "1249000000",
}


def metrics(form: int) -> bytes:
    """The head of gpu_metrics: size, format, version."""
    return struct.pack("<HBB", 120, form, 3) + bytes(116)


def fdinfo(address: str, client: int, **regions: str) -> str:
    """What the kernel tells of one opening of a card."""
    lines = ["pos:\t0", "flags:\t02100002", f"drm-driver:\tamdgpu\ndrm-client-id:\t{client}"]
    lines += [
        f"drm-pdev:\t{address}",
        *(f"drm-{key.replace('_', '-')}:\t{each}" for key, each in regions.items()),
    ]
    return "\n".join(lines)


def name_of(pid: int) -> Reading[str]:
    """A name for any process."""
    return Known(f"program {pid}", Source.PROCESSES)

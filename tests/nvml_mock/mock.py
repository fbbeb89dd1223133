"""Builds the mock NVML library and writes what it answers.

nvml_mock.c has the format of the state file. Must never touch a real driver's library.
"""

import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("nvml_mock.c")
SONAME = "libnvidia-ml.so.1"

Setting = str | int | tuple[str, ...]  # a tuple is a key that stands once for each of its values
Card = dict[str, Setting]


def compiler() -> str | None:
    """The C compiler of this machine, or None."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def build(folder: Path, *, old_driver: bool = False) -> Path:
    """Compile the library into `folder`, which takes half a second; its path."""
    library = folder / SONAME
    kind = ["-DOLD_DRIVER"] if old_driver else []
    options = ["-O2", "-shared", "-fPIC", "-pthread", f"-Wl,-soname,{SONAME}", *kind]
    subprocess.run([compiler() or "cc", *options, "-o", library, SOURCE], check=True)
    return library


class NvmlMock:
    """A driver of its own in a folder of its own: a copy of the library, and its state file."""

    def __init__(self, library: Path, folder: Path) -> None:
        self.library = Path(shutil.copy(library, folder / SONAME))
        self.state = folder / "nvml.state"

    def write(self, *cards: Card, **system: Setting) -> None:
        """What the driver answers from now on; never half of it."""
        lines = [f"{key.replace('__', '.')}={value}" for key, value in system.items()]
        for index, card in enumerate(cards):
            lines.append(f"[gpu {index}]")
            lines += [f"{key}={value}" for key, values in card.items() for value in _each(values)]
        self.write_text("\n".join(lines) + "\n")

    def write_text(self, text: str) -> None:
        """The state file, word for word."""
        fresh = self.state.with_suffix(".new")
        fresh.write_text(text)
        fresh.replace(self.state)

    def unload(self) -> None:
        """Take the driver away; the library stays."""
        self.state.unlink(missing_ok=True)


def _each(setting: Setting) -> tuple[str | int, ...]:
    return setting if isinstance(setting, tuple) else (setting,)


def rtx4090(index: int = 0, **changes: Setting | None) -> Card:
    """A card that tells everything; a change to None is a thing that it does not tell."""
    card: dict[str, Setting | None] = {
        "name": "NVIDIA GeForce RTX 4090",
        "uuid": f"GPU-00000000-0000-4000-8000-{index:012x}",
        "pci": f"0000:{index + 1:02x}:00.0",
        "mem_total": 25757220864,
        "mem_reserved": "454M",
        "mem_used": "1G",
        "util_gpu": 3 * index,
        "temp": 38 + index,
        "power": 21337 + index,
        "power_limit": 450000,
        "energy": 123456789,
        "fan": 30,
        "clock_sm": 2520,
        "clock_mem": 10501,
        "clock_max_sm": 3105,
        "clock_max_mem": 10501,
        "pstate": 2,
        "throttle": 0,
        "pcie_gen": 4,
        "pcie_gen_max": 4,
        "pcie_width": 16,
        "pcie_width_max": 16,
        "mig": 0,
    }
    card |= {key.replace("__", "."): value for key, value in changes.items()}
    return {key: value for key, value in card.items() if value is not None}


def jetson() -> Card:
    """A board that shares its memory with the CPU, and tells next to nothing."""
    return {"name": "Orin (nvgpu)", "uuid": "d0000000-0000-5000-8000-000000000000"}

"""The GPU of a Mac, as `ioreg` tells it; no rights are needed.

What power it draws is told to root only, and is not asked for.
"""

import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

import psutil

from ollama_top.model.gpu import Gpu, Vendor
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, known_or_missing, map_known
from ollama_top.sources.gpus.look import GpuLook

COMMAND = ("/usr/sbin/ioreg", "-r", "-d1", "-w0", "-c", "IOAccelerator", "-a")
PATIENCE_S = 10.0
UNTOLD = Missing(Why.UNSUPPORTED, "macOS does not tell it without root's rights.")


class AppleGpus:
    """Looks at the GPUs of a Mac; elsewhere there are none."""

    def __init__(
        self,
        ask: Callable[[], bytes] | None = None,
        total_bytes: Callable[[], int] = lambda: int(psutil.virtual_memory().total),
        platform: str = sys.platform,
    ) -> None:
        """Prepare; `ask` brings what ioreg prints."""
        self._ask = ask or _ioreg
        self._total_bytes = total_bytes
        self._is_here = platform == "darwin"

    def read(self) -> GpuLook:
        """Look once; raises OSError where ioreg cannot be run."""
        if not self._is_here:
            return GpuLook((), absent=True)
        try:
            accelerators = parse_ioreg(self._ask())
        except (ValueError, subprocess.SubprocessError) as error:
            return GpuLook((), f"What ioreg tells of the GPU cannot be read: {error}.")
        gpus = [_gpu(index, each, self._total_bytes()) for index, each in enumerate(accelerators)]
        return GpuLook(tuple(gpus), absent=not gpus)


def parse_ioreg(printed: bytes) -> list[Mapping[str, Any]]:
    """The accelerators in a property list; raises ValueError when it is none."""
    import plistlib  # noqa: PLC0415 - with its parser 0.6 MB for one system
    from xml.parsers.expat import ExpatError  # noqa: PLC0415

    try:
        entries = plistlib.loads(printed, fmt=plistlib.FMT_XML) if printed.strip() else []
    except (ExpatError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        raise ValueError(str(error)) from error
    return [each for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []


def _gpu(index: int, entry: Mapping[str, Any], total_bytes: int) -> Gpu:
    told = entry.get("PerformanceStatistics")
    statistics: Mapping[str, Any] = told if isinstance(told, dict) else {}
    used = _number(statistics, "In use system memory", "the memory of the GPU")
    return Gpu.untold(
        index,
        Vendor.APPLE,
        UNTOLD,
        name=known_or_missing(_text(entry.get("model")), Source.APPLE, "ioreg does not tell its name."),
        memory_used_bytes=used,
        memory_total_bytes=Known(total_bytes, Source.HOST) if isinstance(used, Known) else used,
        memory_is_shared=map_known(used, lambda _: True),
        utilization_percent=map_known(
            _number(statistics, "Device Utilization %", "the load of the GPU"), float
        ),
    )


def _number(statistics: Mapping[str, Any], key: str, subject: str) -> Reading[int]:
    value = statistics.get(key)
    is_number = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return known_or_missing(value if is_number else None, Source.APPLE, f"ioreg does not tell {subject}.")


def _text(value: object) -> str | None:
    """A text, which ioreg prints as one or as bytes that end with a NUL."""
    text = value.decode(errors="replace").rstrip("\0") if isinstance(value, bytes) else value
    return text if isinstance(text, str) and text else None


def _ioreg() -> bytes:
    return subprocess.run(COMMAND, capture_output=True, check=True, timeout=PATIENCE_S).stdout

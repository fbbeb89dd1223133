"""The GPU of a Mac: a property list as ioreg prints one, made by hand from Apple's names for its parts.

No Mac was at hand to record one from.
"""

import plistlib
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.model.gpu import Vendor
from ollama_top.model.reading import Known, Missing, Source
from ollama_top.sources.gpus.apple import AppleGpus, parse_ioreg
from ollama_top.sources.gpus.look import GpuLook

GIB = 1 << 30
M2: dict[str, Any] = {
    "IOClass": "AGXAcceleratorG14X",
    "model": "Apple M2 Max",
    "gpu-core-count": 38,
    "PerformanceStatistics": {
        "Device Utilization %": 97,
        "Renderer Utilization %": 95,
        "In use system memory": 21 * GIB,
        "Alloc system memory": 30 * GIB,
    },
}


def read(*entries: object) -> GpuLook:
    printed = plistlib.dumps(list(entries))
    return AppleGpus(lambda: printed, lambda: 64 * GIB, "darwin").read()


def test_load_and_memory_are_told() -> None:
    (gpu,) = read(M2).gpus
    assert (gpu.vendor, gpu.name) == (Vendor.APPLE, Known("Apple M2 Max", Source.APPLE))
    assert gpu.utilization_percent == Known(97.0, Source.APPLE)
    assert gpu.memory_used_bytes == Known(21 * GIB, Source.APPLE)
    assert gpu.memory_total_bytes == Known(64 * GIB, Source.HOST)
    assert gpu.memory_is_shared == Known(value=True, source=Source.APPLE)
    assert isinstance(gpu.power_w, Missing)
    assert isinstance(gpu.processes, Missing)


def test_a_name_in_bytes_is_a_name() -> None:
    (gpu,) = read(M2 | {"model": b"Apple M1\0"}).gpus
    assert gpu.name == Known("Apple M1", Source.APPLE)


@pytest.mark.parametrize("statistics", [None, "text", {}, {"Device Utilization %": "97"}])
def test_what_is_not_told_is_missing(statistics: object) -> None:
    entry = {"IOClass": "AGXAccelerator"} | (
        {} if statistics is None else {"PerformanceStatistics": statistics}
    )
    (gpu,) = read(entry).gpus
    for reading in (gpu.name, gpu.utilization_percent, gpu.memory_used_bytes, gpu.memory_total_bytes):
        assert isinstance(reading, Missing)


def test_elsewhere_ioreg_is_not_even_asked() -> None:
    def never() -> bytes:
        raise AssertionError("asked on Linux")

    assert AppleGpus(never, lambda: 0, "linux").read() == GpuLook((), absent=True)


def test_a_mac_without_a_gpu_has_none() -> None:
    assert AppleGpus(lambda: b"", lambda: 0, "darwin").read() == GpuLook((), absent=True)


def test_an_answer_that_is_none_is_a_problem() -> None:
    assert AppleGpus(lambda: b"<plist", lambda: 0, "darwin").read().problem

    def failing() -> bytes:
        raise subprocess.CalledProcessError(1, "ioreg")

    assert AppleGpus(failing, lambda: 0, "darwin").read().problem


SCRAPS = st.lists(
    st.sampled_from(
        [
            *(b"<plist>", b"</plist>", b"<dict>", b"</dict>", b"<key>", b"</key>", b"<array>", b"</array>"),
            *(b"<integer>", b"</integer>", b"12", b"0x", b"<date>", b"</date>", b"<data>", b"</data>"),
            *(b"<real>", b"</real>", b"<true/>", b"<string>", b"</string>", b"&#0;", b"model", b"\xff"),
        ]
    )
).map(b"".join)


@given(st.one_of(SCRAPS, SCRAPS.map(lambda scraps: b"<plist>" + scraps + b"</plist>"), st.binary()))
def test_whatever_is_printed_is_read_or_refused(printed: bytes) -> None:
    try:
        found = parse_ioreg(printed)
    except ValueError:
        return
    assert all(isinstance(each, dict) for each in found)

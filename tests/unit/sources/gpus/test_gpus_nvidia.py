"""NVIDIA's driver comes, goes, hangs, loses cards: the look follows, with the real pynvml."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pynvml
import pytest
from nvml_mock.expected import expected, plain, same_as_file
from nvml_mock.mock import SONAME, Card, NvmlMock, jetson, rtx4090

import ollama_top
from ollama_top.model.reading import Known, Missing, Source
from ollama_top.sources.gpus.look import GpuLook
from ollama_top.sources.gpus.nvidia import RETRY_S, NvidiaGpus
from ollama_top.sources.gpus.nvml import RefusedError, asked

LOST: Card = {"error": "GPU_IS_LOST"}


@dataclass
class Clock:
    """A clock that moves when told."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_eight_cards_grow_are_lost_leave_and_return(driver: NvmlMock) -> None:
    """A scripted day: every look equals the state file of its moment."""
    gpus = NvidiaGpus()
    eight = [rtx4090(index) for index in range(8)]
    scenes: list[list[Card]] = [
        eight[:1],
        eight[:3],
        eight,
        [card | {"mem_used": f"{index + 2}G", "util_gpu": 99} for index, card in enumerate(eight)],
        eight[:5],
        [],
        [jetson()],
        eight[:2],
        eight,
    ]
    for scene in scenes:
        driver.write(*scene)
        look = gpus.read()
        assert len(look.gpus) == len(scene)
        assert same_as_file(look, driver)
    driver.write(*eight[:3], eight[3] | LOST, *eight[4:])
    look = gpus.read()
    assert [gpu.index for gpu in look.gpus if gpu.problem] == [3]
    healthy = [gpu for gpu in look.gpus if not gpu.problem]
    assert plain(healthy) == [card for card in expected(driver.state.read_text()) if card["index"] != 3]
    driver.write(*eight)
    assert same_as_file(gpus.read(), driver)


def test_a_number_dealt_anew_does_not_inherit_the_name_of_another_card(driver: NvmlMock) -> None:
    gpus = NvidiaGpus()
    driver.write(rtx4090(), rtx4090(1, name="Another"))
    gpus.read()
    driver.write(rtx4090(1) | LOST)  # one card left, and which it is cannot be told
    assert isinstance(gpus.read().gpus[0].name, Missing)


def test_memory_that_grows_is_seen_growing(driver: NvmlMock) -> None:
    gpus = NvidiaGpus()
    driver.write(rtx4090(mem_used="1G..20G/0.2"))
    used = [gpus.read().gpus[0].memory_used_bytes]
    while used[-1] != Known(20 * 2**30, Source.NVIDIA):
        used.append(gpus.read().gpus[0].memory_used_bytes)
    values = [reading.value for reading in used if isinstance(reading, Known)]
    assert values == sorted(values)
    assert len(set(values)) > 3


def test_a_lost_card_that_returns_is_found_by_starting_again(driver: NvmlMock) -> None:
    clock = Clock()
    gpus = NvidiaGpus(clock)
    driver.write(rtx4090(), sticky=1)
    gpus.read()
    driver.write(rtx4090() | LOST, sticky=1)
    assert gpus.read().gpus[0].problem
    driver.write(rtx4090(), sticky=1)  # it is back, and this start of NVML will not find it
    clock.now_s = RETRY_S - 1
    assert gpus.read().gpus[0].problem
    clock.now_s = RETRY_S
    assert same_as_file(gpus.read(), driver)


def test_a_card_that_is_denied_does_not_make_nvml_start_again_and_again(driver: NvmlMock) -> None:
    clock = Clock()
    gpus = NvidiaGpus(clock)
    driver.write(rtx4090(error="NO_PERMISSION"), rtx4090(1))
    gpus.read()
    driver.write(rtx4090(error="NO_PERMISSION"), rtx4090(1), error__nvmlInitWithFlags="UNKNOWN")
    clock.now_s = 10 * RETRY_S
    assert same_as_file(gpus.read(), driver)


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (
            "LIB_RM_VERSION_MISMATCH",
            (
                "NVIDIA's driver and library versions differ, as after an update:"
                " reboot or reload the driver, then start ollama-top again."
            ),
        ),
        ("NO_PERMISSION", "This user may not use NVIDIA's driver: see the permissions of /dev/nvidiactl."),
        ("TIMEOUT", "NVIDIA's driver cannot be asked: Timeout."),
    ],
)
def test_a_driver_in_trouble_says_what_mends_it_and_is_tried_again(
    driver: NvmlMock, error: str, problem: str
) -> None:
    clock = Clock()
    gpus = NvidiaGpus(clock)
    driver.write(rtx4090(), error__nvmlInitWithFlags=error)
    trouble = GpuLook((), problem)
    assert gpus.read() == trouble
    driver.write(rtx4090())
    clock.now_s = RETRY_S - 1
    assert gpus.read() == trouble
    clock.now_s = RETRY_S
    assert same_as_file(gpus.read(), driver)


def test_a_driver_that_goes_and_comes_is_noticed(driver: NvmlMock, tmp_path: Path) -> None:
    clock = Clock()
    gpus = NvidiaGpus(clock, pci_devices=tmp_path / "none")
    driver.write(rtx4090())
    assert same_as_file(gpus.read(), driver)
    driver.unload()
    assert gpus.read() == GpuLook((), absent=True)
    clock.now_s = RETRY_S
    assert gpus.read() == GpuLook((), absent=True)
    driver.write(rtx4090(1))
    clock.now_s = 2 * RETRY_S
    assert same_as_file(gpus.read(), driver)


@pytest.mark.parametrize(
    ("vendor", "class_", "absent"),
    [
        ("0x10de", "0x030000", False),  # a graphics card
        ("0x10de", "0x030200", False),  # a compute card
        ("0x10de", "0x040300", True),  # the sound of one that is passed to a virtual machine
        ("0x1002", "0x030000", True),  # AMD's: NVIDIA's library is often installed for no card
    ],
)
def test_a_driver_that_is_not_loaded_is_a_problem_only_where_there_is_a_card(
    driver: NvmlMock, tmp_path: Path, vendor: str, class_: str, absent: bool
) -> None:
    device = tmp_path / "pci" / "0000:01:00.0"
    device.mkdir(parents=True)
    (device.parent / "0000:00:00.0").mkdir()  # one whose files have just gone
    (device / "vendor").write_text(f"{vendor}\n")
    (device / "class").write_text(f"{class_}\n")
    driver.unload()
    look = NvidiaGpus(pci_devices=device.parent).read()
    assert look.absent is absent
    assert (look.problem is None) is absent


def test_without_the_library_there_is_nothing_and_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_library(name: str) -> None:
        raise OSError(f"{name}: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(pynvml, "nvmlLib", None)
    monkeypatch.setattr(pynvml, "CDLL", no_library)
    assert NvidiaGpus().read() == GpuLook((), absent=True)


ASKED_BY_LINES = """
import sys
from ollama_top.sources.gpus.nvidia import NvidiaGpus
gpus = NvidiaGpus(clock=lambda: now_s)
for line in sys.stdin:
    now_s = float(line)
    look = gpus.read()
    print(look.absent, *(gpu.name.value for gpu in look.gpus), sep="|", flush=True)
"""


def test_a_library_that_is_installed_later_is_loaded_by_its_own_name(
    nvml_library: Callable[[str], Path], tmp_path: Path
) -> None:
    """In a process of its own, so that pynvml goes by the system's loader and not by our hand."""
    library = tmp_path / SONAME
    library.write_text("not a library")
    (tmp_path / "nvml.state").write_text("[gpu 0]\nname=Late\n")
    package = Path(ollama_top.__file__).parents[1]
    with subprocess.Popen(
        [sys.executable, "-c", ASKED_BY_LINES],
        env=os.environ | {"LD_LIBRARY_PATH": str(tmp_path), "PYTHONPATH": str(package)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("0\n")
        assert process.stdout.readline() == "True\n"
        Path(shutil.copy(nvml_library("new"), tmp_path / "new")).replace(library)
        process.stdin.write(f"{RETRY_S}\n")
        assert process.stdout.readline() == "False|Late\n"


def test_a_slow_driver_holds_up_only_the_thread_that_asks_it(driver: NvmlMock) -> None:
    driver.write(rtx4090(), delay__nvmlDeviceGetUtilizationRates=300)
    looks: list[GpuLook] = []
    looker = threading.Thread(target=lambda: looks.append(NvidiaGpus().read()))
    began_s, turns = time.monotonic(), 0
    looker.start()
    while looker.is_alive():
        turns += 1
        time.sleep(0.005)
    assert time.monotonic() - began_s >= 0.3
    assert turns > 5
    assert same_as_file(looks[0], driver)


def test_pynvmls_foreign_error_is_understood_too() -> None:
    def unversioned() -> None:
        raise pynvml.NVMLLibraryMismatchError("the driver is too old for this call")

    assert not issubclass(pynvml.NVMLLibraryMismatchError, pynvml.NVMLError)
    with pytest.raises(RefusedError) as caught:
        asked(pynvml, unversioned)
    assert caught.value.code == pynvml.NVML_ERROR_FUNCTION_NOT_FOUND

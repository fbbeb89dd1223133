"""NVIDIA's driver comes, goes, hangs, loses cards: the look follows, with the real pynvml."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pynvml
import pytest
from gpus_clock import Clock
from nvml_mock.expected import expected, plain, same_as_file
from nvml_mock.mock import SONAME, Card, NvmlMock, jetson, rtx4090

import ollama_top
from ollama_top.model.reading import Known, Missing, Source
from ollama_top.sources.gpus.look import GpuLook
from ollama_top.sources.gpus.nvidia import REASK_S, RETRY_S, NvidiaGpus
from ollama_top.sources.gpus.nvml import RefusedError, asked

LOST: Card = {"error": "GPU_IS_LOST"}


def held(used_gib: float, *processes: str) -> Card:
    """What a card is made to say of its memory: `1234,C,6G` for each process."""
    return {"mem_used": f"{used_gib}G", "proc": processes, "util_gpu": 99, "throttle": 4}


def scripted_run(eight: list[Card]) -> Iterator[list[Card]]:
    """A day of a machine: cards come, work grows and moves, a card is lost, all leave and return."""
    yield eight[:1]
    yield eight[:3]
    yield eight
    for step in range(1, 5):  # one model that grows over two cards, and others beside it
        first = held(2 * step + 1, f"4100,C,{2 * step}G", "900,G,512M")
        second = held(3 * step, f"4100,C,{2 * step}G", f"4200,C,{step}G")
        yield [eight[0] | first, eight[1] | second, *eight[2:]]
    yield [card | held(index + 2, f"{5000 + index},CG,{index + 1}G") for index, card in enumerate(eight)]
    yield [*eight[:3], eight[3] | held(1, "4100,C,1G") | LOST, *eight[4:]]
    yield eight
    yield eight[:5]
    yield []
    yield [jetson()]
    yield eight[:2]
    yield [eight[0] | held(4, "4300,C,-"), *eight[1:]]  # as under WSL: who, and not how much
    yield [eight[0] | {"mig": 1, "slice": ("MIG-1,2G,10G", "MIG-2,1G,10G")}, *eight[1:]]


def test_eight_cards_grow_are_lost_leave_and_return(driver: NvmlMock) -> None:
    """Every look equals the state file of its moment, processes and slices included."""
    clock = Clock()
    gpus = NvidiaGpus(clock)
    for scene in scripted_run([rtx4090(index) for index in range(8)]):
        clock.now_s += REASK_S
        driver.write(*scene, driver="570.86.15")
        look = gpus.read()
        assert len(look.gpus) == len(scene)
        if any("error" in card for card in scene):
            assert [gpu.index for gpu in look.gpus if gpu.problem] == [3]
            healthy = [gpu for gpu in look.gpus if not gpu.problem]
            told = expected(driver.state.read_text())
            assert plain(healthy) == [card for card in told if card["index"] != 3]
        else:
            assert same_as_file(look, driver)


def test_an_old_driver_goes_the_same_way(old_driver: NvmlMock) -> None:
    clock = Clock()
    gpus = NvidiaGpus(clock)
    for scene in scripted_run([rtx4090(index) for index in range(8)]):
        if not any("error" in card for card in scene):
            clock.now_s += REASK_S
            old_driver.write(*scene, driver="470.42.01")
            assert same_as_file(gpus.read(), old_driver, old_driver=True)


ONCE = ("UUID", "Name", "PciInfo", "MaxClockInfo", "MaxPcieLinkWidth", "EnforcedPowerLimit", "MigMode")
"""Some of the questions whose answers stay."""


def test_what_stays_is_asked_once_and_again_at_intervals(
    driver: NvmlMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: Counter[str] = Counter()
    for name in (*ONCE, "UtilizationRates"):
        monkeypatch.setattr(pynvml, f"nvmlDeviceGet{name}", counted(asked_for, name))
    clock = Clock()
    gpus = NvidiaGpus(clock)
    driver.write(rtx4090(), rtx4090(1))
    for _ in range(5):
        gpus.read()
    assert asked_for["UtilizationRates"] == 10
    assert {name: asked_for[name] for name in ONCE} == dict.fromkeys(ONCE, 2) | {"MaxClockInfo": 4}
    clock.now_s = REASK_S
    driver.write(rtx4090(power_limit=300000), rtx4090(1))
    assert same_as_file(gpus.read(), driver)
    assert asked_for["Name"] == 4


def counted(asked_for: Counter[str], name: str) -> Callable[..., object]:
    """A question of pynvml's that is counted."""
    question = getattr(pynvml, f"nvmlDeviceGet{name}")

    def ask(*arguments: object) -> object:
        asked_for[name] += 1
        return question(*arguments)

    return ask


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

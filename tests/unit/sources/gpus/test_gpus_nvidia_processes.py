"""Who holds the memory of NVIDIA's cards, as each generation of driver tells it."""

import pynvml
import pytest
from nvml_mock.expected import same_as_file
from nvml_mock.mock import NvmlMock, rtx4090

from ollama_top.model.gpu import NO_MODEL, GpuProcess, GpuWork
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.sources.gpus.nvidia import NvidiaGpus

GIB = 1 << 30


def name_of(pid: int) -> Reading[str]:
    return Known(f"program {pid}", Source.PROCESSES)


def read() -> tuple[Reading[tuple[GpuProcess, ...]], str | None]:
    gpu = NvidiaGpus(name_of=name_of).read().gpus[0]
    return gpu.processes, gpu.processes_note


def process(pid: int, work: GpuWork, memory_bytes: int) -> GpuProcess:
    return GpuProcess(pid, work, Known(memory_bytes, Source.NVIDIA), name_of(pid), NO_MODEL)


def test_those_that_compute_and_those_that_draw_are_one_list(driver: NvmlMock) -> None:
    driver.write(rtx4090(proc=("30,CG,2G", "20,C,6G", "10,G,1G")))
    assert read() == (
        Known(
            (
                process(10, GpuWork.GRAPHICS, GIB),
                process(20, GpuWork.COMPUTE, 6 * GIB),
                process(30, GpuWork.BOTH, 2 * GIB),
            ),
            Source.NVIDIA,
        ),
        None,
    )


def test_early_535_drivers_whose_entries_are_longer_are_asked_the_older_way(driver: NvmlMock) -> None:
    driver.write(
        rtx4090(proc=("1111,C,1G", "2222,C,2G", "3333,C,6G", "4444,G,512M")), v3_early=1, driver="535.54.03"
    )
    entries = pynvml.nvmlDeviceGetComputeRunningProcesses_v3
    assert same_as_file(NvidiaGpus().read(), driver)
    handle = pynvml.nvmlDeviceGetHandleByIndex(0)
    assert [each.pid for each in entries(handle)] != [1111, 2222, 3333]  # what it is held against


def test_a_driver_that_does_not_know_how_much_still_says_who(driver: NvmlMock) -> None:
    driver.write(rtx4090(proc=("4711,C,-",)))
    listed, _ = read()
    assert isinstance(listed, Known)
    (only,) = listed.value
    assert (only.pid, only.memory_bytes) == (
        4711,
        Missing(
            Why.UNSUPPORTED,
            "NVIDIA's driver does not know what each process holds, as under Windows (WSL).",
        ),
    )


def test_a_list_that_this_user_may_not_read_is_denied(driver: NvmlMock) -> None:
    driver.write(rtx4090(error__nvmlDeviceGetComputeRunningProcesses_v3="NO_PERMISSION", proc=("7,C,1G",)))
    listed, note = read()
    assert isinstance(listed, Missing)
    assert (listed.why, note) == (Why.DENIED, None)


def test_those_that_draw_may_be_unreadable_alone(driver: NvmlMock) -> None:
    card = rtx4090(error__nvmlDeviceGetGraphicsRunningProcesses_v3="UNKNOWN", proc=("7,C,1G", "8,G,1G"))
    driver.write(card)
    listed, note = read()
    assert listed == Known((process(7, GpuWork.COMPUTE, GIB),), Source.NVIDIA)
    assert note is not None
    assert "draw" in note


def test_a_card_that_draws_nothing_has_a_whole_list(driver: NvmlMock) -> None:
    unknown = {f"error.nvmlDeviceGetGraphicsRunningProcesses_v{each}": "NOT_SUPPORTED" for each in (2, 3)}
    driver.write(rtx4090(proc=("7,C,1G",)) | unknown)
    assert read() == (Known((process(7, GpuWork.COMPUTE, GIB),), Source.NVIDIA), None)


def test_a_process_that_comes_while_it_is_asked_for_is_asked_again(
    driver: NvmlMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.write(rtx4090(proc=("7,C,1G",)))
    question, refusals = pynvml.nvmlDeviceGetComputeRunningProcesses_v3, [1, 2]

    def late(handle: object) -> object:
        if refusals:
            refusals.pop()
            raise pynvml.NVMLError(pynvml.NVML_ERROR_INSUFFICIENT_SIZE)
        return question(handle)

    monkeypatch.setattr(pynvml, "nvmlDeviceGetComputeRunningProcesses_v3", late)
    assert read()[0] == Known((process(7, GpuWork.COMPUTE, GIB),), Source.NVIDIA)
    refusals.extend([1, 2, 3])
    listed, _ = read()
    assert isinstance(listed, Missing)
    assert listed.why is Why.FAILED


def test_one_that_works_on_several_slices_is_one_process(
    driver: NvmlMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.write(rtx4090(proc=("7,C,1G", "7,C,2G", "8,C,1G", "8,C,-")))
    listed, _ = read()
    assert isinstance(listed, Known)
    assert [(each.pid, each.memory_bytes) for each in listed.value] == [
        (7, Known(3 * GIB, Source.NVIDIA)),
        (8, listed.value[1].memory_bytes),
    ]
    assert isinstance(listed.value[1].memory_bytes, Missing)

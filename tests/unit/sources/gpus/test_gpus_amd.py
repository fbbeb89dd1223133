"""AMD's cards, from a tree of files like amdgpu's."""

import os
from pathlib import Path

import pytest
from gpus_clock import Clock
from sysfs_tree import GIB, RADEON_SENSORS, Tree, fdinfo, metrics, name_of, radeon

from ollama_top.model.gpu import Gpu, GpuWork, Vendor
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.sources.gpus import sysfs
from ollama_top.sources.gpus.amd import AmdGpus
from ollama_top.sources.gpus.drm_clients import RESCAN_S
from ollama_top.sources.gpus.drm_gpus import REASK_S

PLACE = "0000:03:00.0"
IDS = "# List of AMDGPU IDs\n\n1.0.0\n744C,\tC8,\tAMD Radeon RX 7900 XTX\n744C,\tCC,\tAMD Radeon RX 7900 XT"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def reader(tree: Tree, clock: Clock | None = None) -> AmdGpus:
    return AmdGpus(tree.sys, tree.proc, tree.share, clock or Clock(), name_of)


def only(tree: Tree) -> Gpu:
    (gpu,) = reader(tree).read().gpus
    return gpu


def amd(value: object) -> Known[object]:
    return Known(value, Source.AMD)


def test_a_card_tells_everything_that_its_files_do(tree: Tree) -> None:
    tree.sensors(tree.card(1, PLACE, radeon()), RADEON_SENSORS)
    Tree.write(tree.share, {"libdrm/amdgpu.ids": IDS})
    gpu = only(tree)
    assert (gpu.index, gpu.vendor, gpu.problem) == (0, Vendor.AMD, None)
    assert gpu.identity == "amd 8d9a2f1b3c4d5e6f"
    assert (gpu.name, gpu.pci_address) == (amd("AMD Radeon RX 7900 XTX"), amd(PLACE))
    assert (gpu.memory_used_bytes, gpu.memory_total_bytes) == (amd(10 * GIB), amd(24 * GIB))
    assert gpu.memory_is_shared == Known(value=False, source=Source.AMD)
    assert (gpu.utilization_percent, gpu.temperature_celsius) == (amd(97.0), amd(71.0))
    assert (gpu.power_w, gpu.power_limit_w) == (amd(312.0), amd(355.0))
    assert gpu.fan_percent == amd(pytest.approx(40))
    assert (gpu.clock_mhz, gpu.clock_max_mhz) == (amd(1800), amd(2482))
    assert (gpu.memory_clock_mhz, gpu.memory_clock_max_mhz) == (amd(1249), amd(1249))
    assert (gpu.pcie_generation, gpu.pcie_generation_max) == (amd(4), amd(4))
    assert (gpu.pcie_width, gpu.pcie_width_max) == (amd(16), amd(16))
    assert isinstance(gpu.throttle, Missing)


def test_a_chip_beside_the_processor_has_the_machine_s_memory_too(tree: Tree) -> None:
    for form in (2, 3):
        tree.card(form, f"0000:c{form}:00.0", radeon(gpu_metrics=metrics(form)))
    for gpu in reader(tree).read().gpus:
        assert gpu.memory_is_shared == Known(value=True, source=Source.AMD)
        assert (gpu.memory_used_bytes, gpu.memory_total_bytes) == (amd(11 * GIB), amd(56 * GIB))


def test_a_card_of_unknown_kind_has_its_own_memory_only(tree: Tree) -> None:
    tree.card(0, PLACE, radeon(gpu_metrics=None))
    gpu = only(tree)
    assert isinstance(gpu.memory_is_shared, Missing)
    assert gpu.memory_total_bytes == amd(24 * GIB)


@pytest.mark.parametrize("name", sorted(radeon().keys() - {"vendor"}))
def test_a_file_that_is_not_there_is_missing_and_hides_nothing_else(tree: Tree, name: str) -> None:
    tree.sensors(tree.card(0, PLACE, radeon(**{name: None})), RADEON_SENSORS)
    gpu = only(tree)
    assert gpu.problem is None
    assert gpu.power_w == amd(312.0)


def test_a_card_without_sensors_has_reasons_instead_of_zeroes(tree: Tree) -> None:
    tree.card(0, PLACE, radeon())
    gpu = only(tree)
    for reading in (gpu.power_w, gpu.temperature_celsius, gpu.fan_percent, gpu.clock_mhz, gpu.energy_j):
        assert isinstance(reading, Missing)
        assert reading.why is Why.UNSUPPORTED


@pytest.mark.parametrize(
    ("code", "why"),
    [("EBUSY", Why.FAILED), ("EINVAL", Why.FAILED), ("EACCES", Why.DENIED), ("EPERM", Why.DENIED)],
)
def test_a_file_that_refuses_says_why(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, code: str, why: Why
) -> None:
    tree.card(0, PLACE, radeon())
    read_text = Path.read_text
    number = getattr(__import__("errno"), code)

    def refusing(self: Path, *more: object, **named: object) -> str:
        if self.name == "gpu_busy_percent":
            raise OSError(number, os.strerror(number))
        return read_text(self, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(sysfs.Path, "read_text", refusing)
    gpu = only(tree)
    assert isinstance(gpu.utilization_percent, Missing)
    assert gpu.utilization_percent.why is why
    assert gpu.memory_used_bytes == amd(10 * GIB)


def test_what_is_no_number_is_no_number(tree: Tree) -> None:
    tree.card(0, PLACE, radeon(gpu_busy_percent="n/a", current_link_speed="Unknown", pp_dpm_sclk=""))
    gpu = only(tree)
    assert isinstance(gpu.utilization_percent, Missing)
    assert isinstance(gpu.pcie_generation, Missing)
    assert isinstance(gpu.clock_max_mhz, Missing)


def test_a_card_that_sleeps_is_not_woken(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    device = tree.card(0, PLACE, radeon(**{"power/runtime_status": "suspended"}))
    tree.sensors(device, RADEON_SENSORS)
    opened: list[str] = []
    read_text = Path.read_text

    def noted(self: Path, *more: object, **named: object) -> str:
        opened.append(self.name)
        return read_text(self, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(sysfs.Path, "read_text", noted)
    gpu = only(tree)
    assert not {"gpu_busy_percent", "gpu_metrics", *RADEON_SENSORS} & set(opened)
    assert gpu.power_w == gpu.utilization_percent == gpu.clock_mhz == sysfs.ASLEEP
    assert gpu.memory_used_bytes == amd(10 * GIB)


def test_cards_of_other_vendors_are_not_amd_s(tree: Tree) -> None:
    tree.card(0, PLACE, radeon(vendor="0x10de"))
    assert reader(tree).read().absent


def test_a_machine_without_cards_has_none(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    assert AmdGpus(nowhere, tmp_path, nowhere, Clock(), name_of).read().absent


def test_cards_are_looked_for_again_at_intervals(tree: Tree) -> None:
    clock = Clock()
    gpus = reader(tree, clock)
    assert gpus.read().absent
    tree.card(0, PLACE, radeon())
    clock.now_s = REASK_S - 1
    assert gpus.read().absent
    clock.now_s = REASK_S
    assert [gpu.index for gpu in gpus.read().gpus] == [0]


def test_a_card_without_a_list_is_called_by_its_number(tree: Tree) -> None:
    tree.card(0, PLACE, radeon())
    assert only(tree).name == amd("AMD 0x744c")
    Tree.write(
        tree.share,
        {"misc/pci.ids": "1001  No\n\t744c  No\n1002  AMD\n\t744b  No\n\t744c  Navi 31\n\t\t1 2 Sub"},
    )
    assert only(tree).name == amd("Navi 31")


def test_processes_of_rocm_are_told_to_everyone(tree: Tree) -> None:
    tree.card(0, PLACE, radeon())
    kfd = tree.sys / "class/kfd/kfd"
    Tree.write(kfd / "topology/nodes/0", {"gpu_id": "0", "properties": "cpu_cores_count 16\nlocation_id 0"})
    Tree.write(kfd / "topology/nodes/1", {"gpu_id": "51234", "properties": "location_id 768\ndomain 0"})
    Tree.write(kfd / "proc/4100", {"vram_51234": str(9 * GIB), "vram_999": "1"})
    (process,) = listed(only(tree))
    assert (process.pid, process.work, process.memory_bytes) == (4100, GpuWork.COMPUTE, amd(9 * GIB))
    assert process.name == name_of(4100)


def test_other_processes_are_told_by_their_open_files(tree: Tree) -> None:
    tree.card(0, PLACE, radeon())
    once = fdinfo(PLACE, 7, memory_vram="1048576 KiB", memory_gtt="512 MiB")
    tree.process(500, once, once, fdinfo(PLACE, 8, resident_vram="1 GiB", memory_vram="3 GiB"))
    tree.process(501, fdinfo("0000:99:00.0", 1, memory_vram="1 GiB"))
    tree.process(502, fdinfo(PLACE, 9))
    found = {each.pid: each for each in listed(only(tree))}
    assert found.keys() == {500, 502}
    assert (found[500].memory_bytes, found[500].work) == (amd(2 * GIB), GpuWork.UNTOLD)
    assert isinstance(found[502].memory_bytes, Missing)


def test_shared_memory_counts_where_that_is_the_card_s(tree: Tree) -> None:
    tree.card(0, PLACE, radeon(gpu_metrics=metrics(2)))
    tree.process(500, fdinfo(PLACE, 7, memory_vram="1 GiB", memory_gtt="9 GiB"))
    assert [each.memory_bytes for each in listed(only(tree))] == [amd(10 * GIB)]


def test_a_process_is_noticed_at_the_next_look_through_all_of_them(tree: Tree) -> None:
    tree.card(0, PLACE, radeon())
    clock = Clock()
    gpus = reader(tree, clock)
    assert listed(gpus.read().gpus[0]) == ()
    tree.process(500, fdinfo(PLACE, 7, memory_vram="1 GiB"))
    assert listed(gpus.read().gpus[0]) == ()
    clock.now_s = RESCAN_S
    assert [each.pid for each in listed(gpus.read().gpus[0])] == [500]
    (tree.proc / "500/fdinfo/3").unlink()
    assert listed(gpus.read().gpus[0]) == ()


def test_processes_that_this_user_may_not_see_are_noted(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.card(0, PLACE, radeon())
    (tree.proc / "900/fd").mkdir(parents=True)
    listdir = os.listdir

    def denied(path: str) -> list[str]:
        if str(path).endswith("900/fd"):
            raise PermissionError(13, "Permission denied")
        return listdir(path)

    assert only(tree).processes_note is None
    monkeypatch.setattr(os, "listdir", denied)
    note = only(tree).processes_note
    assert note is not None
    assert "other users" in note


def listed(gpu: Gpu) -> tuple[object, ...]:
    assert isinstance(gpu.processes, Known)
    return gpu.processes.value

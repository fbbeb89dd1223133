"""Intel's cards: by name, and by what their sensors tell."""

from pathlib import Path

import pytest
from gpus_clock import Clock
from sysfs_tree import GIB, Tree, fdinfo, name_of

from ollama_top.model.gpu import Gpu, Vendor
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.sources.gpus.intel import MEMORY, IntelGpus
from ollama_top.sources.gpus.sysfs import ASLEEP

PLACE = "0000:03:00.0"
ARC: dict[str, str | bytes] = {
    "vendor": "0x8086",
    "device": "0x56a0",
    "max_link_speed": "2.5 GT/s PCIe",
    "current_link_width": "1",
    str(MEMORY): str(16 * GIB),
}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    tree = Tree(tmp_path)
    Tree.write(tree.share, {"hwdata/pci.ids": "8086  Intel\n\t56a0  DG2 [Arc A770]"})
    return tree


def reader(tree: Tree, clock: Clock) -> IntelGpus:
    return IntelGpus(tree.sys, tree.proc, tree.share, clock, name_of)


def only(tree: Tree) -> Gpu:
    (gpu,) = reader(tree, Clock()).read().gpus
    return gpu


def test_a_card_is_known_by_name_and_place(tree: Tree) -> None:
    tree.card(0, PLACE, ARC)
    gpu = only(tree)
    assert (gpu.vendor, gpu.name) == (Vendor.INTEL, Known("DG2 [Arc A770]", Source.INTEL))
    assert gpu.identity == f"intel {PLACE}"
    assert gpu.memory_total_bytes == Known(16 * GIB, Source.INTEL)
    assert gpu.memory_is_shared == Known(value=False, source=Source.INTEL)
    assert isinstance(gpu.memory_used_bytes, Missing)
    assert isinstance(gpu.utilization_percent, Missing)
    assert gpu.pcie_generation_max == Known(1, Source.INTEL)


@pytest.mark.parametrize("more", [{str(MEMORY): "0"}, {}])
def test_graphics_of_a_processor_have_no_memory_to_speak_of(tree: Tree, more: dict[str, str | bytes]) -> None:
    tree.card(0, "0000:00:02.0", {"vendor": "0x8086", "device": "0x9999", **more})
    gpu = only(tree)
    assert gpu.name == Known("Intel 0x9999", Source.INTEL)
    assert isinstance(gpu.memory_total_bytes, Missing)
    if more:
        assert gpu.memory_is_shared == Known(value=True, source=Source.INTEL)
    else:
        assert isinstance(gpu.memory_is_shared, Missing)


def test_power_is_worked_out_from_energy(tree: Tree) -> None:
    device = tree.card(0, PLACE, ARC)
    hwmon = tree.sensors(device, {"energy1_input": "1000000000", "power1_max": "190000000"})
    clock = Clock()
    gpus = reader(tree, clock)
    (first,) = gpus.read().gpus
    assert isinstance(first.power_w, Missing)
    assert first.power_w.why is Why.PENDING
    assert (first.energy_j, first.power_limit_w) == (Known(1000.0, Source.INTEL), Known(190.0, Source.INTEL))
    clock.now_s = 2
    Tree.write(hwmon, {"energy1_input": "1300000000"})
    assert gpus.read().gpus[0].power_w == Known(pytest.approx(150.0), Source.INTEL)
    clock.now_s = 4
    Tree.write(hwmon, {"energy1_input": "5"})  # its counter began anew
    assert isinstance(gpus.read().gpus[0].power_w, Missing)


def test_a_card_that_sleeps_is_not_woken(tree: Tree) -> None:
    device = tree.card(0, PLACE, {**ARC, "power/runtime_status": "suspended"})
    tree.sensors(device, {"energy1_input": "1000000000"})
    assert only(tree).power_w == ASLEEP


def test_processes_are_told_by_their_open_files(tree: Tree) -> None:
    tree.card(0, PLACE, ARC)
    tree.process(500, fdinfo(PLACE, 7, total_vram0="2 GiB", total_system0="1 GiB"))
    processes = only(tree).processes
    assert isinstance(processes, Known)
    assert [each.memory_bytes for each in processes.value] == [Known(2 * GIB, Source.INTEL)]

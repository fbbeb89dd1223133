"""Healthy machines on which a check might cry wolf, and sick ones on which it might keep still."""

from datetime import timedelta
from typing import Any

import frames
import pytest
from checks_asked import ask

from ollama_top.doctor.checks import CHECKS
from ollama_top.model.gpu import Vendor
from ollama_top.model.loaded import ModelState
from ollama_top.model.process import Variable
from ollama_top.model.reading import Known, Source
from ollama_top.model.setting import SettingStatus
from ollama_top.model.verdict import Severity

GIB = frames.GIB
ON_CPU = {"vram_bytes": Known(0, Source.API)}


def shell_only(name: str) -> frames.Setting:
    return frames.setting(name, status=SettingStatus.SHELL_ONLY, shell=Known("x", Source.PROCESSES))


@pytest.mark.parametrize(
    "name", ["OLLAMA_EDITOR", "OLLAMA_API_KEY", "OLLAMA_TOP_TOKEN", "OLLAMA_HOST", "OLLAMA_NEW_ENGINE"]
)
def test_what_no_server_of_this_release_reads_may_be_in_the_shell(name: str) -> None:
    assert ask("env-only-in-shell", settings=(shell_only(name),)) == []


def graphics(vendor: Vendor, *, shared: bool) -> frames.Gpu:
    return frames.gpu(0, vendor=vendor, memory_is_shared=Known(shared, Source.HOST))


@pytest.mark.parametrize(
    ("card", "number"),
    [
        (graphics(Vendor.INTEL, shared=True), 0),
        (graphics(Vendor.AMD, shared=True), 0),
        (graphics(Vendor.AMD, shared=False), 1),
        (graphics(Vendor.NVIDIA, shared=True), 1),  # as of a Jetson, which Ollama uses
        (frames.gpu(0, vendor=Vendor.INTEL, memory_is_shared=frames.UNTOLD), 0),
    ],
)
def test_graphics_within_a_processor_are_no_gpu_that_lies_idle(card: frames.Gpu, number: int) -> None:
    assert len(ask("gpu-unused", models=(frames.model("a", **ON_CPU),), gpus=(card,))) == number


@pytest.mark.parametrize(
    ("name", "value", "is_told"),
    [
        ("CUDA_VISIBLE_DEVICES", "-1", True),
        ("CUDA_VISIBLE_DEVICES", "", True),
        ("OLLAMA_LLM_LIBRARY", "cpu_avx2", True),
        ("CUDA_VISIBLE_DEVICES", "0", False),
        ("OLLAMA_LLM_LIBRARY", "cuda_v12", False),
    ],
)
def test_a_server_that_is_told_to_leave_its_gpus_alone(name: str, value: str, is_told: bool) -> None:
    environment = Known((Variable(name, value),), Source.PROCESSES)
    models, gpus = (frames.model("a", **ON_CPU),), (frames.gpu(),)
    (found,) = ask("gpu-unused", models=models, gpus=gpus, environment=environment)
    assert (found.severity is Severity.INFO) is is_told
    assert (name in found.cause) is is_told


def test_a_model_on_its_way_is_on_no_gpu_yet() -> None:
    models = (frames.model("a", ModelState.LOADING, **ON_CPU),)
    assert ask("gpu-unused", models=models, gpus=(frames.gpu(),)) == []


@pytest.mark.parametrize(("beside_mib", "number"), [(10, 0), (200, 1)])
def test_a_small_buffer_beside_the_cpu_is_no_part_of_a_model(beside_mib: int, number: int) -> None:
    sizes = {
        "size_bytes": Known(8 * GIB, Source.API),
        "vram_bytes": Known(8 * GIB - (beside_mib << 20), Source.API),
    }
    models = (frames.model("a", **sizes),)
    assert len(ask("partial-offload", models=models, gpus=(frames.gpu(),))) == number


def restarted(**changes: Any) -> dict[str, Any]:
    times = {
        "started_at": Known(frames.NOW - timedelta(seconds=20), Source.SERVICE),
        "restarts": Known(5, Source.SERVICE),
    }
    return {"service": frames.service(**(times | changes))}


def test_an_old_number_of_restarts_after_a_start_by_hand_is_no_error() -> None:
    """systemd 252 keeps the number over a restart by hand."""
    (found,) = ask("restart-loop", **restarted())
    assert found.severity is Severity.WARNING
    assert found.settle is not None


def test_a_service_that_waits_for_its_next_start_is_an_error() -> None:
    (found,) = ask("restart-loop", **restarted(state=Known("activating (auto-restart)", Source.SERVICE)))
    assert found.severity is None


def test_a_runner_that_goes_while_its_model_is_unloaded_is_told_of_at_the_second_look() -> None:
    check = next(each for each in CHECKS if each.id == "runner-gone")
    assert check.lasts_s > 0


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(minutes=4), "is in memory, for 4m more"),
        (timedelta(days=100_000), "is in memory, for ever"),
        (timedelta(seconds=-5), "is in memory"),
    ],
)
def test_how_long_a_model_keeps_others_out(left: timedelta, words: str) -> None:
    model = frames.model(
        "a",
        running=Known(0, Source.SLOTS),
        parallel=Known(2, Source.ARGV),
        expires_at=Known(frames.NOW + left, Source.API),
    )
    queue = frames.queue(0, 1, oldest_wait_s=Known(9.0, Source.SOCKETS))
    (found,) = ask("queue-blocked-by-eviction", models=(model,), queue=queue)
    assert found.evidence[-1].text.endswith(words)


@pytest.mark.parametrize(("one", "other"), [("1", "true"), ("4", '"4"'), ("Q8_0", "q8_0")])
def test_two_places_that_say_the_same_in_other_words(one: str, other: str) -> None:
    name = {"1": "OLLAMA_FLASH_ATTENTION", "4": "OLLAMA_NUM_PARALLEL"}.get(one, "OLLAMA_KV_CACHE_TYPE")
    both = (frames.said(name, one), frames.said(name, other))
    assert ask("overridden", service=frames.service(*both)) == []


@pytest.mark.parametrize(
    "path", ["/etc/systemd/system/ollama2.service", "/home/jo/.config/systemd/user/ollama.service"]
)
def test_a_unit_that_somebody_wrote_himself_is_not_written_anew(path: str) -> None:
    place = frames.Place(frames.Layer.UNIT, path, 9)
    kept = frames.service(frames.said("OLLAMA_NUM_PARALLEL", "4", place), name=path.rpartition("/")[2])
    assert ask("unit-file-edited", service=kept) == []


def test_what_a_file_dropped_in_says_as_well_is_not_lost() -> None:
    unit = frames.Place(frames.Layer.UNIT, "/etc/systemd/system/ollama.service", 9)
    both = (frames.said("OLLAMA_NUM_PARALLEL", "4", unit), frames.said("OLLAMA_NUM_PARALLEL", "4"))
    assert ask("unit-file-edited", service=frames.service(*both)) == []

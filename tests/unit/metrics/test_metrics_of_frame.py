"""A Frame as a page for Prometheus: every value that is known, none that is missing, names by its rules."""

from dataclasses import replace
from typing import Any

import exposition
import found
import frames
import pytest
from frames import DENIED, UNTOLD, Known, Source
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.demo.feed import Camera
from ollama_top.demo.scenarios import NAMED
from ollama_top.metrics.metric import MOST_MODELS
from ollama_top.metrics.of_frame import TOLD, text_of
from ollama_top.metrics.of_settings import LONGEST_VALUE
from ollama_top.model.frame import Frame
from ollama_top.model.loaded import ModelState
from ollama_top.model.queue import Precision
from ollama_top.model.slot import SlotState
from ollama_top.model.verdict import Severity


def page_of(**changes: Any) -> dict[tuple[str, exposition.Labels], float]:
    return exposition.samples(text_of(frames.frame(**changes)))


def value(page: dict[tuple[str, exposition.Labels], float], name: str, /, **labels: str) -> float | None:
    return page.get((f"ollama_top_{name}", tuple(labels.items())))


def scenario_frames() -> list[Frame]:
    shot = []
    for scenario in NAMED.values():
        camera = Camera(scenario, began_at=frames.NOW)
        shot += [camera.shoot(after_s) for after_s in (0.1, 2.0, 9.0)]
    return shot


@pytest.fixture(scope="module")
def pages() -> list[str]:
    loading = frames.model(state=ModelState.LOADING, load_percent=Known(40.0, Source.HEALTH))
    return [text_of(each) for each in (*scenario_frames(), frames.frame(models=(loading,)))]


def test_every_scenario_makes_a_page_to_the_letter(pages: list[str]) -> None:
    told = {name for page in pages for name in exposition.read(page)}
    declared = {each.metric.full_name for each in TOLD}
    assert told == declared, "each metric is told in some scenario"


def test_promtool_finds_nothing_to_say(pages: list[str]) -> None:
    for page in pages:
        exposition.promtool(page)


def test_each_metric_is_declared_once_and_apart_from_the_proxys() -> None:
    names = [each.metric.full_name for each in TOLD]
    assert len(names) == len(set(names))
    assert not [name for name in names if name.startswith("ollama_top_proxy_")]
    assert all(each.metric.doc.endswith(".") for each in TOLD)


def test_what_is_missing_is_left_out() -> None:
    server = frames.server(version=DENIED, started_at=DENIED, cpu_percent=DENIED, rss_bytes=DENIED)
    page = page_of(server=server, models=(frames.model(parallel=UNTOLD, tokens_per_s=UNTOLD),))
    for name in ("server_start_time_seconds", "server_cpu_cores", "server_resident_memory_bytes"):
        assert value(page, name) is None
    assert value(page, "model_parallel", model="gemma3:270m") is None
    assert value(page, "model_estimated", model="gemma3:270m", value="parallel") is None
    assert value(page, "server_up") == 1


def test_a_server_that_is_down_says_so() -> None:
    page = page_of(server=frames.server(reachable=False, version=DENIED, problem="refused"))
    assert value(page, "server_up") == 0
    assert value(page, "server_info", url="http://127.0.0.1:11434", version="", unit="ollama.service") == 1


@pytest.mark.parametrize(
    ("precision", "exact"), [(Precision.EXACT, 1), (Precision.UPPER_BOUND, 0), (Precision.UNKNOWN, None)]
)
def test_how_exact_the_count_is_stands_beside_it(precision: Precision, exact: int | None) -> None:
    page = page_of(queue=frames.queue(waiting=DENIED if exact is None else 3, precision=precision))
    assert value(page, "requests_waiting_exact") == exact
    assert value(page, "requests_waiting") == (None if exact is None else 3)


def test_an_estimate_is_told_as_one() -> None:
    page = page_of(models=(frames.model(tokens_per_s=Known(12.5, Source.ESTIMATE)),))
    assert value(page, "model_tokens_per_second", model="gemma3:270m") == 12.5
    assert value(page, "model_estimated", model="gemma3:270m", value="tokens_per_second") == 1


def test_a_model_has_one_state() -> None:
    page = page_of(models=(frames.model(state=ModelState.LOADING),))
    held = {labels[1][1]: each for (name, labels), each in page.items() if name == "ollama_top_model_state"}
    assert held == {str(each): float(each is ModelState.LOADING) for each in ModelState}


def test_models_without_a_name_or_beyond_the_bound_are_counted() -> None:
    many = [frames.model(f"m{number}") for number in range(MOST_MODELS + 3)]
    page = page_of(models=(frames.model(DENIED), *many))
    assert value(page, "models") == MOST_MODELS + 4
    assert value(page, "models_untold") == 4
    told = {labels for name, labels in page if name == "ollama_top_model_size_bytes"}
    assert len(told) == MOST_MODELS


def test_two_models_of_one_name_are_no_sample_twice() -> None:
    page = page_of(models=(frames.model("m"), frames.model("m")))
    assert value(page, "models_untold") == 1


def test_slots_are_those_of_the_models_own_runner() -> None:
    own = frames.model("m", runner_pid=Known(7, Source.PROCESSES))
    slots = [
        frames.slot(0, SlotState.DECODE, runner_pid=7, context_fill_percent=Known(25.0, Source.SLOTS)),
        frames.slot(1, runner_pid=7),
        frames.slot(0, SlotState.DECODE, runner_pid=8),
    ]
    page = page_of(models=(own,), slots=tuple(slots))
    assert value(page, "model_slots", model="m", state="decode") == 1
    assert value(page, "model_slots", model="m", state="idle") == 1
    assert value(page, "model_context_fill_ratio", model="m") == 0.25


def test_units_are_the_base_units() -> None:
    gpu = frames.gpu(
        utilization_percent=Known(50.0, Source.NVIDIA),
        clock_mhz=Known(2100, Source.NVIDIA),
        fan_percent=UNTOLD,
    )
    page = page_of(gpus=(gpu,))
    own = {"vendor": "nvidia", "gpu": "0"}
    assert value(page, "gpu_utilization_ratio", **own) == 0.5
    assert value(page, "gpu_clock_hertz", **own) == 2.1e9
    assert value(page, "gpu_fan_ratio", **own) is None


def test_findings_are_counted_by_check() -> None:
    finding = found.finding("some-check", severity=Severity.WARNING)
    page = page_of(findings=(finding, replace(finding, subject="x")))
    assert value(page, "finding", id="some-check", severity="warning") == 2
    assert value(page, "findings", severity="warning") == 2
    assert value(page, "findings", severity="error") == 0


def test_settings_tell_what_holds() -> None:
    long = frames.setting("OLLAMA_ORIGINS", effective=Known("x" * 999, Source.PREDICTED))
    count = frames.setting("OLLAMA_MAX_QUEUE", effective=Known("512", Source.PREDICTED))
    unknown = frames.setting("OLLAMA_DEBUG", effective=DENIED)
    page = page_of(settings=(long, count, unknown))
    assert value(page, "setting_value", name="OLLAMA_MAX_QUEUE") == 512
    assert value(page, "setting_info", name="OLLAMA_MAX_QUEUE", value="512") == 1
    assert value(page, "setting_info", name="OLLAMA_ORIGINS", value="x" * LONGEST_VALUE + "…") == 1
    assert not [labels for _, labels in page if ("name", "OLLAMA_DEBUG") in labels]


@given(st.text())
def test_no_name_breaks_the_page(name: str) -> None:
    page = page_of(models=(frames.model(name),))
    safe = name.encode(errors="replace").decode()
    assert value(page, "model_size_bytes", model=safe) is not None

"""The simulated server writes a log that the parser of real ones reads."""

from datetime import UTC, datetime

import pytest

from ollama_top.demo.feed import Camera
from ollama_top.demo.scenarios import DEFAULT, STORM
from ollama_top.demo.world import Scenario
from ollama_top.model.event import EventKind
from ollama_top.model.frame import Frame
from ollama_top.model.log import LineKind
from ollama_top.model.reading import Known

BEGAN_AT = datetime(2026, 3, 14, 14, 0, tzinfo=UTC)


def after(scenario: Scenario, looks: int) -> tuple[Camera, Frame]:
    camera = Camera(scenario, began_at=BEGAN_AT)
    for _ in range(looks):
        frame = camera.shoot(2.0)
    return camera, frame


def value(reading: object) -> object:
    assert isinstance(reading, Known), reading
    return reading.value


def test_the_demos_log_lives() -> None:
    _, frame = after(DEFAULT, 150)
    kinds = {each.kind for each in frame.snapshot.events}
    assert {
        EventKind.RESTART,
        EventKind.LOAD,
        EventKind.LOADED,
        EventKind.UNLOADED,
        EventKind.EVICTED,
    } <= kinds
    assert {each.kind for each in frame.log.lines} == {LineKind.SERVER, LineKind.REQUEST, LineKind.RUNNER}
    assert frame.log.left_out > 0
    assert any(frame.history.marks)


def test_every_model_knows_its_load() -> None:
    _, frame = after(DEFAULT, 60)
    for model in frame.snapshot.models:
        assert value(model.layers) == value(model.layers_on_gpu)
        assert float(str(value(model.load_s))) > 0
        assert int(str(value(model.kv_cache_bytes))) > 0


@pytest.mark.parametrize("looks", [30, 90])
def test_the_log_counts_what_the_world_knows(looks: int) -> None:
    camera, frame = after(STORM, looks)
    refused = sum(each.count for each in frame.snapshot.events if each.kind is EventKind.BUSY_503)
    assert refused == camera.world.refused > 0
    assert value(frame.snapshot.finished.busy) == camera.world.refused

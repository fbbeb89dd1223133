"""Runners at work while the API does not tell what is loaded."""

from typing import Any

from engine_samples import PORT, api, connection, reason, samples, slot, snapshot, traffic, tree, value

from ollama_top.engine.samples import Samples
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.reading import Known, Source, Why

UNREAD: dict[str, Any] = {"api": None, "api_problem": "answered HTTP 403 Forbidden"}


def model(*looks: Samples) -> LoadedModel:
    (only,) = snapshot(*looks).models
    return only


def test_where_the_api_cannot_be_read_a_runner_at_work_is_busy() -> None:
    busy = traffic(connection(1, asked_ms=900), slots={PORT: [slot(0, task=7, decoded=3), slot(1)]}, at_s=10)
    later = traffic(
        connection(1, asked_ms=900), slots={PORT: [slot(0, task=7, decoded=43), slot(1)]}, at_s=12
    )
    found = snapshot(samples(10, traffic=busy, **UNREAD), samples(12, traffic=later, **UNREAD))
    (only,) = found.models
    assert only.state is ModelState.BUSY
    assert only.running == Known(1, Source.SLOTS)
    assert only.tokens_per_s == Known(20.0, Source.SLOTS)
    assert only.parallel == Known(2, Source.ARGV)
    for each in (only.name, only.size_bytes, only.expires_at, found.slots[0].model):
        assert reason(each).why is Why.FAILED
        assert "HTTP 403 Forbidden" in reason(each).hint
    assert value(found.queue.running) == 1


def test_where_the_api_cannot_be_read_an_idle_runner_is_not_said_to_load() -> None:
    assert model(samples(**UNREAD)).state is ModelState.IDLE
    assert model(samples(api=None)).state is ModelState.IDLE
    unsaid = model(samples(**UNREAD, traffic=traffic(slots={PORT: []})))
    assert unsaid.state is ModelState.LOADED, "it answers that it loads, or has not been asked"
    assert reason(model(samples(api=None)).size_bytes).why is Why.PENDING


def test_a_list_that_is_out_of_date_does_not_tell_that_a_new_runner_loads() -> None:
    old = samples(10, api=api(), tree=tree())
    late = samples(12, api=api(), api_problem="timed out")
    assert snapshot(old, late).models[0].state is ModelState.IDLE

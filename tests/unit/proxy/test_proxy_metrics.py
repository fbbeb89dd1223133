"""The page for Prometheus: the declared metrics, exact counts, and labels that stay few."""

import json
import re

import exposition
import pytest
from proxied import CLIENT, END, NDJSON, PIECE, STREAM, answer, begin

from ollama_top.metrics.metric import MOST_MODELS
from ollama_top.proxy.metering.meter import Meter
from ollama_top.proxy.metrics.counts import Counts, status_label
from ollama_top.proxy.metrics.declared import METRICS
from ollama_top.proxy.metrics.text import text_of
from ollama_top.proxy.watching import ReplyHead, RequestHead

Samples = dict[tuple[str, exposition.Labels], float]


@pytest.fixture
def meter() -> Meter:
    return Meter()


@pytest.fixture
def counts(meter: Meter) -> Counts:
    counted = Counts()
    meter.listeners.append(counted.note)
    return counted


def samples(meter: Meter, counts: Counts) -> Samples:
    """The page, read as Prometheus reads it."""
    return exposition.samples(text_of(meter, counts, ("1.0", "http://127.0.0.1:11434")))


def value(found: Samples, name: str, **labels: str) -> float:
    return found[f"ollama_top_proxy_{name}", tuple(labels.items())]


def serve(meter: Meter, model: str, *, status: int = 200) -> None:
    body = json.dumps({"model": model}).encode()
    pieces = [(1.0, PIECE), (9.0, END)] if status == 200 else [(1.0, b'{"error":"x"}')]
    answer(begin(meter, "/api/chat", body), pieces, pieces[-1][0], status=status, kind=NDJSON)


def test_every_metric_is_told_with_its_kind_and_meaning(meter: Meter, counts: Counts) -> None:
    serve(meter, "m")
    begin(meter, "/api/chat", b'{"model":"m"}').client_left(1.0)
    serve(meter, "m", status=503)
    page = text_of(meter, counts, ("1.0", "url"))
    assert page.endswith("\n")
    for metric in METRICS:
        assert f"# TYPE {metric.full_name} {metric.kind}\n# HELP" not in page
        assert f"# HELP {metric.full_name} {metric.doc}\n# TYPE {metric.full_name} {metric.kind}\n" in page
        assert re.search(rf"^{metric.full_name}(_count)?[ {{]", page, re.MULTILINE), metric.name
    assert {
        each[0].removesuffix("_bucket").removesuffix("_sum").removesuffix("_count")
        for each in samples(meter, counts)
    } == {each.full_name for each in METRICS}


def test_promtool_finds_nothing_to_say(meter: Meter, counts: Counts) -> None:
    serve(meter, "m")
    exposition.promtool(text_of(meter, counts, ("1.0", "url")))


def test_requests_are_counted_by_model_route_and_status(meter: Meter, counts: Counts) -> None:
    for status in (200, 200, 503, 404):
        serve(meter, "m", status=status)
    begin(meter, "/api/chat", b'{"model":"m"}').upstream_cut(1.0)
    begin(meter, "/api/chat", b'{"model":"m"}').client_left(1.0)
    other = meter.opened(CLIENT, 0.0).exchange(RequestHead("GET", "/api/ps", ()), 0.0)
    other.reply(ReplyHead(200, ()), 0.0)
    found = samples(meter, counts)
    at = {"model": "m", "route": "/api/chat"}
    assert value(found, "requests_total", **at, status="200") == 2
    assert value(found, "requests_total", **at, status="503") == 1
    assert value(found, "requests_total", **at, status="none") == 2
    assert value(found, "requests_total", model="", route="other", status="200") == 1
    assert value(found, "failures_total", **at, failure="busy") == 1
    assert value(found, "failures_total", **at, failure="not_found") == 1
    assert value(found, "failures_total", **at, failure="aborted") == 1
    assert value(found, "clients_left_total", **at) == 1


def test_histograms_add_up(meter: Meter, counts: Counts) -> None:
    for _ in range(3):
        serve(meter, "m")
    found = samples(meter, counts)
    for name, borders in (
        ("time_to_first_token_seconds", {"0.5": 0, "1.0": 3, "+Inf": 3}),
        ("tokens_per_second", {"10.0": 0, "20.0": 3, "+Inf": 3}),
    ):
        for border, count in borders.items():
            assert value(found, f"{name}_bucket", model="m", le=border) == count
        assert value(found, f"{name}_count", model="m") == 3
    assert value(found, "time_to_first_token_seconds_sum", model="m") == pytest.approx(3.0)
    assert value(found, "queue_seconds_sum", model="m") == 0.0
    assert value(found, "output_tokens_total", model="m") == 90


def test_what_runs_waits_and_passes(meter: Meter, counts: Counts) -> None:
    waiting = begin(meter, "/api/chat", b'{"model":"m"}')
    streaming = begin(meter, "/api/chat", b'{"model":"m"}')
    streaming.reply(STREAM, 1.0)
    streaming.reply_body(PIECE, 1.0)
    found = samples(meter, counts)
    assert (value(found, "running"), value(found, "waiting"), value(found, "connections")) == (2, 1, 2)
    assert (value(found, "request_bytes_total"), value(found, "reply_bytes_total")) == (26, len(PIECE))
    waiting.client_left(2.0)
    streaming.client_left(2.0)
    found = samples(meter, counts)
    assert (value(found, "running"), value(found, "waiting")) == (0, 0)
    assert (value(found, "request_bytes_total"), value(found, "reply_bytes_total")) == (26, len(PIECE))


def test_names_of_models_are_bounded(meter: Meter, counts: Counts) -> None:
    for number in range(MOST_MODELS + 20):
        serve(meter, f"m{number}")
    found = samples(meter, counts)
    labels = {dict(labels)["model"] for name, labels in found if name.endswith("requests_total")}
    assert len(labels) == MOST_MODELS + 1
    assert value(found, "requests_total", model="other", route="/api/chat", status="200") == 20


def test_a_name_that_nobody_serves_gets_no_label(meter: Meter, counts: Counts) -> None:
    for number in range(5):
        serve(meter, f"made-up-{number}", status=404)
    assert (
        value(samples(meter, counts), "requests_total", model="other", route="/api/chat", status="404") == 5
    )


@pytest.mark.parametrize("name", ['quo"te', "back\\slash", "new\nline", "\ud800", "ü 模"])
def test_names_are_escaped(meter: Meter, counts: Counts, name: str) -> None:
    serve(meter, name)
    found = samples(meter, counts)
    (shown,) = {dict(labels)["model"] for each, labels in found if each.endswith("requests_total")}
    assert shown == name.replace("\ud800", "?")


@pytest.mark.parametrize(("status", "label"), [(None, "none"), (200, "200"), (999, "other"), (7, "other")])
def test_statuses_are_bounded(status: int | None, label: str) -> None:
    assert status_label(status) == label

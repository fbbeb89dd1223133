"""The page for Prometheus: the declared metrics, exact counts, and labels that stay few."""

import asyncio
import json
import re
from contextlib import suppress
from importlib.resources import files
from typing import Any

import pytest
from proxied import CLIENT, END, NDJSON, PIECE, STREAM, answer, begin

from ollama_top.proxy.metering.meter import Meter
from ollama_top.proxy.metrics.counts import MOST_MODELS, Counts, status_label
from ollama_top.proxy.metrics.declared import METRICS
from ollama_top.proxy.metrics.server import MOST_AT_ONCE, MetricsServer
from ollama_top.proxy.metrics.text import text_of
from ollama_top.proxy.watching import ReplyHead, RequestHead

SAMPLE = re.compile(r'^(?P<name>[a-z_]+)(?:\{(?P<labels>(?:[a-z]+="(?:[^"\\]|\\.)*",?)*)\})? (?P<value>\S+)$')
LABEL = re.compile(r'([a-z]+)="((?:[^"\\]|\\.)*)"')
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def meter() -> Meter:
    return Meter()


@pytest.fixture
def counts(meter: Meter) -> Counts:
    counted = Counts()
    meter.listeners.append(counted.note)
    return counted


def samples(meter: Meter, counts: Counts) -> Samples:
    """The page, read as Prometheus reads it: each line is a comment or a sample."""
    found: Samples = {}
    for line in text_of(meter, counts, ("1.0", "http://127.0.0.1:11434")).splitlines():
        if line.startswith("# "):
            continue
        sample = SAMPLE.match(line)
        assert sample, line
        labels = tuple(LABEL.findall(sample["labels"] or ""))
        assert (sample["name"], labels) not in found, "a sample twice"
        found[sample["name"], labels] = float(sample["value"])
    return found


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
    assert shown.encode().decode("unicode_escape" if "\\" in shown else "utf-8") == name.replace(
        "\ud800", "?"
    )


@pytest.mark.parametrize(("status", "label"), [(None, "none"), (200, "200"), (999, "other"), (7, "other")])
def test_statuses_are_bounded(status: int | None, label: str) -> None:
    assert status_label(status) == label


async def asked(server: MetricsServer, request: bytes) -> bytes:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=4096)
    reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname()[:2])
    writer.write(request)
    reply = await reader.read()
    writer.close()
    listening.close()
    return reply


@pytest.mark.parametrize(
    ("request_line", "status", "body"),
    [
        (b"GET /metrics HTTP/1.1", b"200", b"the page"),
        (b"GET /metrics?x=1 HTTP/1.0", b"200", b"the page"),
        (b"HEAD /metrics HTTP/1.1", b"200", b""),
        (b"GET / HTTP/1.1", b"404", b"The metrics are at /metrics.\n"),
        (b"POST /metrics HTTP/1.1", b"405", b""),
        (b"nonsense", b"404", b"The metrics are at /metrics.\n"),
    ],
)
async def test_the_page_is_served(request_line: bytes, status: bytes, body: bytes) -> None:
    reply = await asked(MetricsServer(lambda: "the page"), request_line + b"\r\nHost: x\r\n\r\n")
    head, _, rest = reply.partition(b"\r\n\r\n")
    assert head.split()[1] == status
    assert rest == body
    assert b"Connection: close" in head


@pytest.mark.parametrize("request_bytes", [b"x" * 10_000, b"GET /metrics"])
async def test_a_head_without_an_end_is_not_waited_for(
    request_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ollama_top.proxy.metrics.server.PATIENCE_S", 0.05)
    with suppress(ConnectionResetError):
        assert await asked(MetricsServer(lambda: "the page"), request_bytes) == b""


async def test_few_are_served_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ollama_top.proxy.metrics.server.PATIENCE_S", 0.3)
    server = MetricsServer(lambda: "the page")
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    address = listening.sockets[0].getsockname()[:2]
    idle = [await asyncio.open_connection(*address) for _ in range(MOST_AT_ONCE)]
    await asyncio.sleep(0.05)
    reader, writer = await asyncio.open_connection(*address)
    assert await reader.read() == b""
    for each in (*[own for _, own in idle], writer):
        each.transport.abort()
    listening.close()
    await asyncio.sleep(0.05)


def dashboard() -> Any:
    text = files("ollama_top.proxy.metrics").joinpath("grafana-dashboard.json").read_text()
    return json.loads(text)


def test_the_dashboard_asks_for_declared_metrics_and_for_all_that_are_worth_a_look() -> None:
    expressions = [target["expr"] for panel in dashboard()["panels"] for target in panel.get("targets", [])]
    asked_for = {
        re.sub(r"_(bucket|sum|count)$", "", name)
        for expression in expressions
        for name in re.findall(r"ollama_top_proxy_\w+", expression)
    }
    declared = {each.full_name for each in METRICS}
    assert asked_for <= declared
    assert declared - asked_for == {"ollama_top_proxy_info"}, "which only names the proxies"
    labels = {label for each in METRICS for label in each.labels} | {"le", "instance"}
    for expression in expressions:
        grouped = {each.strip() for by in re.findall(r"by \(([^)]+)\)", expression) for each in by.split(",")}
        assert grouped | set(re.findall(r"(\w+)=~", expression)) <= labels, expression


def test_the_dashboard_can_be_imported_anywhere() -> None:
    board = dashboard()
    assert board["__inputs"][0]["name"] == "DS_PROMETHEUS"
    numbers = [panel["id"] for panel in board["panels"]]
    assert len(numbers) == len(set(numbers))
    assert all(panel["title"] and panel["gridPos"]["w"] <= 24 for panel in board["panels"])

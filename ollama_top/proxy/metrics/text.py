"""The counts as text for Prometheus (exposition format 0.0.4). Pure."""

from collections.abc import Iterable, Iterator, Mapping

from ollama_top.model.exchange import Route
from ollama_top.proxy.metering.meter import Meter
from ollama_top.proxy.metrics import declared
from ollama_top.proxy.metrics.counts import Counts, Labels, Spread, status_label
from ollama_top.proxy.metrics.declared import METRICS, Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Values = Mapping[Labels, float]


def text_of(meter: Meter, counts: Counts, info: Labels) -> str:
    """The whole page; `info` is version and upstream."""
    values = _values(meter, counts) | {declared.INFO: {info: 1.0}}
    lines: list[str] = []
    for metric in METRICS:
        lines += (f"# HELP {metric.full_name} {metric.doc}", f"# TYPE {metric.full_name} {metric.kind}")
        lines += _histograms(metric, counts) if metric.buckets else _samples(metric, values[metric])
    return "\n".join((*lines, ""))


def _values(meter: Meter, counts: Counts) -> dict[Metric, Values]:
    running, passing = tuple(meter.running.values()), meter.passing
    others: dict[Labels, int] = {
        ("", Route.OTHER.value, status_label(status)): number for status, number in passing.answered.items()
    }
    request_bytes = counts.request_bytes + passing.request_bytes + sum(each.request_bytes for each in running)
    reply_bytes = counts.reply_bytes + passing.reply_bytes + sum(each.reply_bytes for each in running)
    return {
        declared.REQUESTS: counts.requests | others,
        declared.FAILURES: counts.failures,
        declared.LEFT: counts.left,
        declared.PROMPT: _of_model(counts.prompt_tokens),
        declared.OUTPUT: _of_model(counts.output_tokens),
        declared.RUNNING: _single(len(running)),
        declared.WAITING: _single(meter.waiting),
        declared.REQUEST_BYTES: _single(request_bytes),
        declared.REPLY_BYTES: _single(reply_bytes),
        declared.CONNECTIONS: _single(len(meter.connections)),
        declared.OPAQUE: _single(meter.opaque),
        declared.OPAQUE_TOTAL: _single(meter.opaque_total),
    }


def _single(value: float) -> Values:
    return {(): value}


def _of_model(values: Mapping[str, float]) -> Values:
    return {(model,): value for model, value in values.items()}


def _samples(metric: Metric, values: Values) -> Iterator[str]:
    for labels, value in sorted(values.items()):
        yield _sample(metric.full_name, zip(metric.labels, labels, strict=True), value)


def _histograms(metric: Metric, counts: Counts) -> Iterator[str]:
    for model, spread in sorted(counts.spreads[metric].items()):
        yield from _histogram(metric, model, spread)


def _histogram(metric: Metric, model: str, spread: Spread) -> Iterator[str]:
    label, total = ("model", model), 0
    for border, count in zip((*map(str, metric.buckets), "+Inf"), spread.counts, strict=True):
        total += count
        yield _sample(f"{metric.full_name}_bucket", (label, ("le", border)), total)
    yield _sample(f"{metric.full_name}_sum", (label,), spread.sum)
    yield _sample(f"{metric.full_name}_count", (label,), total)


def _sample(name: str, labels: Iterable[tuple[str, str]], value: float) -> str:
    shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
    return f"{name}{{{shown}}} {value}" if shown else f"{name} {value}"


def _escaped(text: str) -> str:
    safe = text.encode(errors="replace").decode()  # a lone surrogate is no text
    return safe.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")

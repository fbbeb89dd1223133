"""The proxy's counts as a page for Prometheus. Pure."""

from collections.abc import Iterator, Mapping

from ollama_top.metrics.metric import Labels, Metric, Values
from ollama_top.metrics.text import head, page, sample, samples
from ollama_top.model.exchange import Route
from ollama_top.proxy.metering.meter import Meter
from ollama_top.proxy.metrics import declared
from ollama_top.proxy.metrics.counts import Counts, Spread, status_label
from ollama_top.proxy.metrics.declared import METRICS


def text_of(meter: Meter, counts: Counts, info: Labels) -> str:
    """The whole page; `info` is version and upstream."""
    values = _values(meter, counts) | {declared.INFO: {info: 1.0}}
    lines: list[str] = []
    for metric in METRICS:
        lines += head(metric)
        lines += _histograms(metric, counts) if metric.buckets else samples(metric, values[metric])
    return page(lines)


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


def _histograms(metric: Metric, counts: Counts) -> Iterator[str]:
    for model, spread in sorted(counts.spreads[metric].items()):
        yield from _histogram(metric, model, spread)


def _histogram(metric: Metric, model: str, spread: Spread) -> Iterator[str]:
    label, total = ("model", model), 0
    for border, count in zip((*map(str, metric.buckets), "+Inf"), spread.counts, strict=True):
        total += count
        yield sample(f"{metric.full_name}_bucket", (label, ("le", border)), total)
    yield sample(f"{metric.full_name}_sum", (label,), spread.sum)
    yield sample(f"{metric.full_name}_count", (label,), total)

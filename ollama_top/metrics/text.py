"""Samples as text for Prometheus (exposition format 0.0.4)."""

from collections.abc import Iterable, Iterator

from ollama_top.metrics.metric import Metric, Values

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def head(metric: Metric) -> tuple[str, str]:
    """The two lines that go before a metric's samples."""
    doc = metric.doc.replace("\\", r"\\").replace("\n", r"\n")
    return f"# HELP {metric.full_name} {doc}", f"# TYPE {metric.full_name} {metric.kind}"


def samples(metric: Metric, values: Values) -> Iterator[str]:
    """A line a sample, in the order of their labels."""
    for labels, value in sorted(values.items()):
        yield sample(metric.full_name, zip(metric.labels, labels, strict=True), value)


def sample(name: str, labels: Iterable[tuple[str, str]], value: float) -> str:
    """One line."""
    shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
    return f"{name}{{{shown}}} {value}" if shown else f"{name} {value}"


def page(lines: Iterable[str]) -> str:
    """All lines as one text that ends as the format demands."""
    return "\n".join((*lines, ""))


def _escaped(text: str) -> str:
    safe = text.encode(errors="replace").decode()  # a lone surrogate is no text
    return safe.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")

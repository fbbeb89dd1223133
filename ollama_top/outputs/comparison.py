"""Several servers side by side, as text for a person."""

from collections.abc import Iterator

from ollama_top.columns import formats
from ollama_top.model.comparison import Comparison, Contender
from ollama_top.model.reading import Known, Reading
from ollama_top.model.text import printable
from ollama_top.outputs.rows import aligned

HEADS = ("SERVER", "MODEL", "TOK/S", "RATIO", "FIRST p50", "FIRST p95", "FAIRNESS", "ERRORS")
LEFT = 2  # columns of text


def as_text(comparison: Comparison) -> str:
    """A row for each server, then what to bear in mind."""
    return "\n".join(map(printable, _lines(comparison)))


def _lines(comparison: Comparison) -> Iterator[str]:
    demo = "SIMULATED: " if comparison.demo else ""
    yield (
        f"{demo}{comparison.requested} at once, each of {comparison.answer_tokens} tokens at the most,"
        f" {comparison.rounds} rounds in turn"
    )
    yield ""
    yield from aligned([HEADS, *map(_row, comparison.servers)], LEFT)
    yield ""
    yield from (f"{each.name}: {each.problem}" for each in comparison.servers if each.problem)
    yield from (f"note: {each}" for each in comparison.caveats)


def _row(server: Contender) -> tuple[str, ...]:
    return (
        server.name,
        server.model,
        _number(server.tokens_per_s),
        f"{server.ratio.value:.2f}" if isinstance(server.ratio, Known) else "-",
        _seconds(server.ttft_p50_s),
        _seconds(server.ttft_p95_s),
        f"{server.fairness.value:.0%}" if isinstance(server.fairness, Known) else "-",
        f"{server.errors}/{server.sent}",
    )


def _number(reading: Reading[float]) -> str:
    return formats.rate(reading.value) if isinstance(reading, Known) else "-"


def _seconds(reading: Reading[float]) -> str:
    return f"{reading.value:.2f} s" if isinstance(reading, Known) else "-"

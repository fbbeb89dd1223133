"""What a burst measured, as text for a person."""

from collections.abc import Iterator, Sequence

from ollama_top.columns import formats
from ollama_top.model.burst import Burst, BurstRequest, Percentiles
from ollama_top.model.reading import Known, Reading
from ollama_top.model.text import printable

HEADS = ("#", "OUTCOME", "QUEUE", "FIRST", "END", "TOKENS", "TOK/S")
MOST_ROWS = 32


def as_text(burst: Burst, comparison: str | None) -> str:
    """The sentence first, then the numbers behind it."""
    return "\n".join(map(printable, _lines(burst, comparison)))


def _lines(burst: Burst, comparison: str | None) -> Iterator[str]:
    demo = "SIMULATED: " if burst.demo else ""
    yield f"{demo}{burst.verdict}"
    yield ""
    yield (
        f"{burst.model} at {burst.server}: {burst.requested} at once, each of {burst.answer_tokens} tokens at"
        f" the most, prompts of about {burst.prompt_tokens}"
    )
    while_what = "while any were: none had to wait" if burst.measured_is_least else "while others waited"
    yield f"in service     {_number(burst.mean_in_service)} on average {while_what}"
    yield f"waited         {_spread(burst.queue_s)}"
    yield f"first piece    {_spread(burst.ttft_s)}"
    rate = burst.tokens_per_s
    yield f"tokens/s       {_number(rate.each)} each, {_number(rate.together)} together"
    alone = _number(burst.alone_tokens_per_s)
    yield f"one alone      {alone} tokens/s: all together {_number(burst.scaling)} times that"
    yield ""
    yield from _table(burst.requests)
    yield from (f"note: {each}" for each in burst.notes)
    if comparison is not None:
        yield comparison


def _table(requests: Sequence[BurstRequest]) -> Iterator[str]:
    rows = [HEADS, *(_row(each) for each in requests[:MOST_ROWS])]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADS))]
    for row in rows:
        first, name, *rest = (text for text in row)
        padded = (text.rjust(width) for text, width in zip(rest, widths[2:], strict=True))
        yield "  ".join([first.rjust(widths[0]), name.ljust(widths[1]), *padded]).rstrip()
    if len(requests) > MOST_ROWS:
        yield f"and {len(requests) - MOST_ROWS} more: --json tells of all"
    yield ""


def _row(request: BurstRequest) -> tuple[str, ...]:
    return (
        str(request.number),
        request.outcome.value,
        *(_seconds(each) for each in (request.queue_s, request.ttft_s, request.end_s)),
        str(request.tokens.value) if isinstance(request.tokens, Known) else "-",
        _number(request.tokens_per_s),
    )


def _spread(spread: Percentiles) -> str:
    return f"{_seconds(spread.p50)} at half, {_seconds(spread.p95)} at 95 of 100"


def _seconds(reading: Reading[float]) -> str:
    return f"{reading.value:.2f} s" if isinstance(reading, Known) else "-"


def _number(reading: Reading[float]) -> str:
    return formats.rate(reading.value) if isinstance(reading, Known) else "-"

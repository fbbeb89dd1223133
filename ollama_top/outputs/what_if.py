"""`ollama-top what-if`: one look at the server, one question about a model, and the price of other settings.

Must never change the server, and never import Textual.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import aclosing

from ollama_top.columns.formats import memory
from ollama_top.doctor.what_if import what_if
from ollama_top.doctor.wished import NotToldError, subject_of
from ollama_top.engine.answering import AskError, AskingFeed, UnknownModelError
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Known, Missing, Reading
from ollama_top.model.text import printable
from ollama_top.model.what_if import CacheUse, WhatIf
from ollama_top.ollama.wishes import Wish, WishError, parse_wish
from ollama_top.outputs import document, show
from ollama_top.outputs.show import BETWEEN_LOOKS_S, PATIENCE_S, NothingReadError

HEADS = ("", "PARALLEL", "CONTEXT", "K/V", "CACHE", "A REQUEST")
NAME_WIDTH = 6

Printer = Callable[[WhatIf], None]


class WrongUseError(Exception):
    """The question cannot be put so; the text says what to give."""


def once(
    make_feed: Callable[[float, float], AskingFeed],
    model_name: str | None,
    words: Sequence[str],
    printer: Printer,
) -> None:
    """Print the price of a wish, given as NAME=VALUE, for a model or for the one that is loaded.

    Raises WrongUseError, NothingReadError and NotWrittenError.
    """
    try:
        wish = parse_wish(words)
    except WishError as error:
        raise WrongUseError(str(error)) from None

    async def look() -> WhatIf:
        feed = make_feed(BETWEEN_LOOKS_S, PATIENCE_S)
        async with aclosing(feed.frames()) as frames:
            snapshot = (await anext(frames)).snapshot
            return await _price(feed, snapshot, model_name or _only_loaded(snapshot), wish)

    printer(show.run(look))


def json_printer() -> Printer:
    """Prints the document, indented for a reader."""
    return lambda priced: show.write(document.text_of_value(priced))


def plain_printer() -> Printer:
    """Prints the sentence first, then the numbers behind it."""
    return lambda priced: show.write("\n".join(_lines(priced)))


async def _price(feed: AskingFeed, snapshot: Snapshot, model_name: str, wish: Wish) -> WhatIf:
    try:
        described = await feed.describe(model_name)
    except UnknownModelError as error:
        raise WrongUseError(str(error)) from None
    except AskError as error:
        raise NothingReadError(str(error)) from None
    shape = described.shown.architecture
    if isinstance(shape, Missing):
        raise NothingReadError(f"the cache of {model_name} cannot be worked out: {shape.hint}")
    try:
        return what_if(subject_of(described, shape, snapshot), wish, snapshot)
    except NotToldError as error:
        raise WrongUseError(str(error)) from None


def _only_loaded(snapshot: Snapshot) -> str:
    server = snapshot.server
    if not server.reachable:
        raise NothingReadError(f"cannot read {server.url}: {server.problem or 'it has not answered yet'}")
    names = [each.name.value for each in snapshot.models if isinstance(each.name, Known)]
    if len(names) != 1:
        several = f"{', '.join(names)} are loaded" if names else "no model is loaded"
        raise WrongUseError(f"{several}: say which with --model")
    return names[0]


def _lines(priced: WhatIf) -> Iterator[str]:
    yield printable(f"{priced.model}: {priced.sentence}")
    yield ""
    yield from _table([("now", priced.now), ("then", priced.then)])
    yield ""
    where = priced.place.value.upper()
    yield f"free {where}: {_amount(priced.free_bytes)}"
    yield f"most requests at once that fit: {_said(priced.largest_parallel, str)}"
    yield f"Ollama's own guess of the whole: {_amount(priced.predicted_bytes)}"
    for note in priced.notes:
        yield printable(f"note: {note}")


def _table(rows: Iterable[tuple[str, Reading[CacheUse] | CacheUse]]) -> Iterator[str]:
    lines = [HEADS, *(_row(name, use) for name, use in rows)]
    full = [each for each in lines if len(each) == len(HEADS)]
    widths = [max(len(line[at]) for line in full) for at in range(len(HEADS))]
    for name, *cells in lines:
        first = name.ljust(NAME_WIDTH)
        padded = map(str.rjust, cells, widths[1:]) if len(cells) == len(HEADS) - 1 else cells
        yield printable(f"{first}{'  '.join(padded)}".rstrip())


def _row(name: str, use: Reading[CacheUse] | CacheUse) -> tuple[str, ...]:
    if isinstance(use, Missing):
        return name, f"- ({use.hint})"
    value = use.value if isinstance(use, Known) else use
    return (
        name,
        str(value.parallel),
        str(value.context_tokens),
        value.kv_cache_type,
        _span(value.least_bytes, value.most_bytes),
        _span(value.slot_least_bytes, value.slot_most_bytes),
    )


def _span(least: int, most: int) -> str:
    low, high = memory(least), memory(most)
    return low if low == high else f"{low} to {high}"


def _amount(reading: Reading[int]) -> str:
    return _said(reading, memory)


def _said(reading: Reading[int], words: Callable[[int], str]) -> str:
    return f"- ({reading.hint})" if isinstance(reading, Missing) else words(reading.value)

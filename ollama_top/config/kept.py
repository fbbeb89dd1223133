"""What ollama-top remembers of how a user looks at one server from one machine. Pure.

Keys are independent of each other, so that of two monitors the later wins key by key. Must never
make anything of a text that it does not understand: who holds the file is told, and keeps it.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")
KIND, VERSION = "ollama-top view", 1
FORMAT = re.compile(rf"{KIND} ([1-9][0-9]{{0,5}})")
COLUMNS, ORDER = "columns.", "order."  # and the name of a table

Values = Mapping[str, Any]
"""What the file holds, by key; of another version of ollama-top perhaps, and then let be."""


class KeptError(Exception):
    """A text that cannot be used; the text of the error says why."""


class BrokenError(KeptError):
    """No text of this kind, or one that was damaged."""


class NewerError(KeptError):
    """The text of a later version, which may mean more than this one knows."""


@dataclass(frozen=True, slots=True)
class Order:
    """How the rows of a table are ordered."""

    column: str | None = None  # its key; None keeps the order of the Frame
    is_inverted: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """How a user looks at a server; names are those of panels, tables, columns and themes."""

    theme: str | None = None
    zoomed: str | None = None  # the panel that has the whole screen
    hidden: tuple[str, ...] = ()  # panels
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # shown, in order, by table
    orders: Mapping[str, Order] = field(default_factory=dict)  # by table


def values_of(kept: Kept) -> dict[str, Any]:
    """The values as they stand in the file; what is as at first has none."""
    values: dict[str, Any] = {"theme": kept.theme, "zoomed": kept.zoomed, "hidden": [*kept.hidden] or None}
    values |= {f"{COLUMNS}{table}": [*keys] for table, keys in kept.columns.items()}
    values |= {
        f"{ORDER}{table}": {"column": order.column, "inverted": order.is_inverted}
        for table, order in kept.orders.items()
        if order != Order()
    }
    return {key: value for key, value in values.items() if value is not None}


def kept_of(values: Values) -> Kept:
    """What the values say; those that say nothing to this version are left out."""
    return Kept(
        theme=_word(values.get("theme")),
        zoomed=_word(values.get("zoomed")),
        hidden=_words(values.get("hidden")) or (),
        columns=_by_table(values, COLUMNS, _words),
        orders=_by_table(values, ORDER, _order),
    )


def changes(before: Kept, after: Kept) -> dict[str, Any]:
    """The keys that differ, with their new values; None takes a key away."""
    old, new = values_of(before), values_of(after)
    return {key: new.get(key) for key in {*old, *new} if old.get(key) != new.get(key)}


def merged(values: Values, changed: Values) -> dict[str, Any]:
    """The values after a change; keys that are not part of it stay, understood or not."""
    return {key: value for key, value in {**values, **changed}.items() if value is not None}


def parse(text: str) -> Values:
    """The values in the text of a file; raises BrokenError or NewerError."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        raise BrokenError("it is no JSON") from None
    told = FORMAT.fullmatch(str(whole.get("format"))) if isinstance(whole, dict) else None
    if told is None:
        raise BrokenError(f"it does not say that it is an {KIND}")
    if int(told[1]) > VERSION:
        raise NewerError("it was written by a newer ollama-top")
    values = whole.get("values")
    if not isinstance(values, dict):
        raise BrokenError("it holds no values")
    return values


def text_of(values: Values, whose: str) -> str:
    """The text of a file; `whose` tells a person which view this is."""
    whole = {"format": f"{KIND} {VERSION}", "of": whose, "values": dict(values)}
    return json.dumps(whole, indent=2, sort_keys=True) + "\n"


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _words(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return None
    return tuple(dict.fromkeys(value))


def _order(value: object) -> Order | None:
    if not isinstance(value, dict):
        return None
    return Order(_word(value.get("column")), value.get("inverted") is True)


def _by_table(values: Values, start: str, read: Callable[[object], T | None]) -> dict[str, T]:
    found = {key.removeprefix(start): read(each) for key, each in values.items() if key.startswith(start)}
    return {table: each for table, each in found.items() if each is not None}

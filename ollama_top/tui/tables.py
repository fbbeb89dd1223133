"""Where a user stands in a table: order, filter, cursor and scroll, as values and pure steps.

Must never follow a row by its position: a chosen row is known by its identity.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ollama_top.columns.column import Column, SortKey, Table
from ollama_top.model.frame import Snapshot


@dataclass(frozen=True, slots=True)
class Stand:
    """How one table is looked at."""

    chosen: str | None = None  # identity of the row that the user moved to; None follows the top
    index: int = 0  # line of the cursor among the rows as arranged
    offset: int = 0  # first row on the screen
    sort: str | None = None  # key of the column; None keeps the order of the Frame
    is_inverted: bool = False
    filter: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table as a user arranged them."""

    rows: tuple[Any, ...]
    identities: tuple[str, ...]
    total: int  # before filtering


def arrange(table: Table[Any], stand: Stand, snapshot: Snapshot) -> Rows:
    """The rows that pass the filter, in the order asked for; rows without a value come last."""
    rows: Sequence[Any] = table.rows(snapshot)
    total = len(rows)
    if stand.filter:
        rows = [row for row in rows if matches(table, row, stand.filter, snapshot.taken_at)]
    if stand.sort:
        rows = _sorted(rows, table.column(stand.sort), inverted=stand.is_inverted)
    elif stand.is_inverted:
        rows = rows[::-1]
    return Rows(tuple(rows), tuple(map(table.identity, rows)), total)


def _sorted(rows: Sequence[Any], column: Column[Any], *, inverted: bool) -> list[Any]:
    def key(row: Any) -> SortKey:  # noqa: ANN401 - a row of any table
        found = column.sort_key(row)
        if found is None:
            raise TypeError(f"{column.key} of an absent value")
        return found

    present = [row for row in rows if column.sort_key(row) is not None]
    absent = [row for row in rows if column.sort_key(row) is None]
    return sorted(present, key=key, reverse=inverted) + absent


def matches(table: Table[Any], row: object, needle: str, taken_at: datetime) -> bool:
    """Whether any cell of the row contains the text, in capitals or not."""
    folded = needle.casefold()
    return any(folded in column.cell(row, taken_at).text.casefold() for column in table.columns)


def settle(stand: Stand, rows: Rows, height: int) -> Stand:
    """The cursor on its row, wherever that went, or on the row that took its place; and in view."""
    count = len(rows.identities)
    if stand.chosen is None:
        index = 0
    elif stand.chosen in rows.identities:
        index = rows.identities.index(stand.chosen)
    else:
        index = max(0, min(stand.index, count - 1))
    return _scrolled(replace(stand, index=index), count, height)


def move_to(stand: Stand, rows: Rows, index: int, height: int) -> Stand:
    """The cursor on another row; the first row, reached again, is not held on to."""
    count = len(rows.identities)
    index = max(0, min(index, count - 1))
    chosen = rows.identities[index] if index else None
    return _scrolled(replace(stand, index=index, chosen=chosen), count, height)


def find(table: Table[Any], rows: Rows, needle: str, start: int, taken_at: datetime) -> int | None:
    """Index of the next row from `start` on, round the end, that contains the text."""
    count = len(rows.rows)
    for step in range(count):
        index = (start + step) % count
        if matches(table, rows.rows[index], needle, taken_at):
            return index
    return None


def selected(stand: Stand, rows: Rows) -> Any | None:  # noqa: ANN401 - a row of any table
    """The row under the cursor; None where there is no row."""
    return rows.rows[stand.index] if stand.index < len(rows.rows) else None


def _scrolled(stand: Stand, count: int, height: int) -> Stand:
    height = max(1, height)
    offset = min(stand.offset, stand.index, max(0, count - height))
    offset = max(offset, stand.index - height + 1, 0)
    return replace(stand, offset=offset)

"""A table and its columns as values: what each draws, how it sorts, and when it gives way.

Must never know a terminal: widths come in, choices go out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from ollama_top.columns.cell import Cell, Role, shown
from ollama_top.model.fact import DOC, published
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Reading, value_or

Row = TypeVar("Row")
T = TypeVar("T")
SortKey = str | float
"""What rows are ordered by; every row of one column gives the same kind."""


class Align(StrEnum):
    """On which side of its width a cell stands."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column: its cell, its place in the order, and the facts of the row that it draws."""

    key: str
    title: str
    width: int
    cell: Callable[[Row, datetime], Cell]
    sort_key: Callable[[Row], SortKey | None]  # None where the row has no such value: always last
    facts: tuple[str, ...]  # fields of the row's type, whose meaning documents the column
    priority: int  # 0 stays longest as the terminal narrows
    align: Align = Align.RIGHT
    widest: int = 0  # grows up to this where there is room; 0 keeps `width`
    shorten_middle: bool = False  # names tell most at both ends
    is_told: Callable[[Snapshot], bool] = lambda _: True  # whether anything can tell it; else it is left out


@dataclass(frozen=True, slots=True)
class Table(Generic[Row]):
    """One kind of row: where its rows come from, who a row is, and its columns in their order."""

    name: str
    kind: type[Any]
    rows: Callable[[Snapshot], tuple[Row, ...]]
    identity: Callable[[Row], str]  # stays the same from Frame to Frame, however the rows move
    title: Callable[[Row], str]  # what a person would call the row
    light: str  # the source whose age is the table's age
    empty: str  # said in place of rows, where there are none
    columns: tuple[Column[Row], ...]
    light_of: Callable[[Row], str] | None = None  # where rows come from several sources: that of one row
    unseen: Callable[[Snapshot], str | None] = lambda _: None  # why rows cannot be seen; None where they can

    def column(self, key: str) -> Column[Row]:
        """The column of this key; KeyError where there is none."""
        return {each.key: each for each in self.columns}[key]

    def told(self, snapshot: Snapshot) -> tuple[Column[Row], ...]:
        """The columns of which something can be told now."""
        return tuple(each for each in self.columns if each.is_told(snapshot))

    def doc(self, column: Column[Row]) -> str:
        """What the column means: the meaning of the facts that it draws."""
        docs = {each.name: str(each.metadata[DOC]) for each in published(self.kind)}
        return " ".join(docs[fact] for fact in column.facts)


def reading_column(  # noqa: PLR0913 - a declaration: each argument is one property of the column
    fact: str,
    title: str,
    width: int,
    text: Callable[[T], str],
    *,
    priority: int,
    align: Align = Align.RIGHT,
    role: Role = Role.PLAIN,
    widest: int = 0,
    shorten_middle: bool = False,
) -> Column[Any]:
    """A column that draws one reading of its row."""

    def reading(row: object) -> Reading[T]:
        value: Reading[T] = getattr(row, fact)
        return value

    def sort_key(row: object) -> SortKey | None:
        value = value_or(reading(row), None)
        if value is None or isinstance(value, int | float):
            return value
        return value.timestamp() if isinstance(value, datetime) else str(value).casefold()

    return Column(
        key=fact,
        title=title,
        width=width,
        cell=lambda row, _: shown(reading(row), text, role),
        sort_key=sort_key,
        facts=(fact,),
        priority=priority,
        align=align,
        widest=widest,
        shorten_middle=shorten_middle,
    )


LUXURY = 7
"""From this priority on a column comes only where names have room already."""

Placed = tuple[Column[Row], int]
"""A column and the width it gets."""


def fitting(columns: tuple[Column[Row], ...], room: int, gap: int) -> tuple[Placed[Row], ...]:
    """The columns that fit in `room` cells with `gap` between them, the dispensable left out first.

    What is left goes to the growing ones. The first column is shown however narrow the room.
    """
    chosen: list[Column[Row]] = []
    left = room
    for column in sorted(columns, key=lambda each: each.priority):
        needed = column.width + (gap if chosen else 0)
        ease = _ease(chosen) if column.priority >= LUXURY else 0
        if needed + ease > left and chosen:
            break
        chosen.append(column)
        left -= needed
    kept = [column for column in columns if column in chosen]
    return tuple(zip(kept, _widths(kept, room, left), strict=True))


def _ease(columns: list[Column[Any]]) -> int:
    """Cells that would give those that may grow twice their least width."""
    return sum(min(column.widest, 2 * column.width) - column.width for column in columns if column.widest)


def _widths(columns: list[Column[Any]], room: int, left: int) -> list[int]:
    """Each column's own width; what is left is dealt out evenly among those that may grow."""
    widths = [min(max(1, room), column.width) for column in columns]
    while growing := [at for at, column in enumerate(columns) if widths[at] < column.widest and left > 0]:
        share = max(1, left // len(growing))
        for at in growing:
            extra = min(share, columns[at].widest - widths[at], left)
            widths[at] += extra
            left -= extra
    return widths


def model_column(fact: str, width: int, *, widest: int, priority: int) -> Column[Any]:
    """A column of a model's name, whose ends tell it from its likes."""
    return reading_column(
        fact,
        "MODEL",
        width,
        str,
        priority=priority,
        align=Align.LEFT,
        role=Role.NAME,
        widest=widest,
        shorten_middle=True,
    )

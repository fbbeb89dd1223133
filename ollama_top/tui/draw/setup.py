"""The setup screen as lines: panels and columns, each with a box, and the one that is marked.

Must never change an arrangement: it draws one, and says which item stands on which line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.columns.column import Table
from ollama_top.tui.arrangement import HIDEABLE, Arrangement, is_last, ordered
from ollama_top.tui.draw.fit import ELLIPSIS, fit, fit_line, wrap
from ollama_top.tui.draw.server import heading
from ollama_top.tui.layout import Panel

NAME_WIDTH = 10


@dataclass(frozen=True, slots=True)
class Item:
    """Something that can be shown or hidden: a panel, or a column of a table."""

    panel: Panel | None = None
    table: Table[Any] | None = None
    column: str = ""  # its key


def items(tables: Sequence[Table[Any]], arrangement: Arrangement) -> tuple[Item, ...]:
    """Panels, then the columns of each table in the user's order."""
    columns = (Item(None, table, key) for table in tables for key in ordered(table, arrangement))
    return (*(Item(panel) for panel in HIDEABLE), *columns)


def setup_lines(
    listed: Sequence[Item], arrangement: Arrangement, marked: int, width: int
) -> tuple[list[Line], list[int]]:
    """All lines, and for each item which of them it stands on."""
    lines: list[Line] = []
    places: list[int] = []
    group = ""
    for at, item in enumerate(listed):
        if _group(item) != group:
            group = _group(item)
            lines += [*([()] if lines else []), heading(group)]
        places.append(len(lines))
        lines.append(fit_line(_item(item, arrangement, width, is_marked=at == marked), width))
    return lines, places


def is_shown(item: Item, arrangement: Arrangement) -> bool:
    """Whether an item is shown as things stand."""
    if item.table is not None:
        return item.column in arrangement.shown(item.table)
    return item.panel not in arrangement.hidden


def _group(item: Item) -> str:
    return f"Columns of {item.table.name}, as far as they fit" if item.table is not None else "Panels"


def _item(item: Item, arrangement: Arrangement, width: int, *, is_marked: bool) -> Iterator[Cell]:
    name, about = _words(item, arrangement)
    box = "[x]" if is_shown(item, arrangement) else "[ ]"
    head = fit(Cell(f"{box} {name}"), NAME_WIDTH + 4)
    yield Cell(f" {'>' if is_marked else ' '} {head.text} ", Role.CURSOR if is_marked else Role.STRONG)
    yield Cell(f" {_shortened(about, width - NAME_WIDTH - 9)}", Role.FAINT)


def _words(item: Item, arrangement: Arrangement) -> tuple[str, str]:
    """What an item is called, and what it shows or why it stays."""
    if item.table is not None:
        column = item.table.column(item.column)
        is_only = arrangement.shown(item.table) == (item.column,)
        return column.title, "It stays: a table has a column." if is_only else item.table.doc(column)
    panel = item.panel or Panel.HEADER
    about = "It stays: one table is always shown." if is_last(arrangement, panel) else HIDEABLE[panel]
    return panel.value, about


def _shortened(text: str, room: int) -> str:
    """The beginning of a text in whole words."""
    pieces = wrap(text, max(1, room - 2))
    return pieces[0] if len(pieces) == 1 else f"{pieces[0]} {ELLIPSIS}"

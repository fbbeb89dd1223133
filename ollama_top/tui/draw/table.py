"""A table as lines: its header row, and the rows in view."""

from typing import Any

from ollama_top.columns import formats
from ollama_top.columns.cell import UNKNOWN, Cell, Line, Role
from ollama_top.columns.column import Column, Placed, Table, fitting
from ollama_top.model.frame import Frame
from ollama_top.model.light import LightState
from ollama_top.tui.draw.fit import ends, fit, fit_line, marked
from ollama_top.tui.tables import Rows, Stand
from ollama_top.tui.view import View, light_named, stale_age_s

WIDE = 110  # from here on two cells between columns


def table_lines(
    table: Table[Any], rows: Rows, stand: Stand, view: View, size: tuple[int, int], *, is_focused: bool
) -> list[Line]:
    """The table in `size` (width, height); rows whose source is old are drawn faint, with their age."""
    width, height = size
    if view.frame is None or height < 1:
        return []
    gap = 2 if width >= WIDE else 1
    placed = fitting(table.told(view.frame.snapshot), width - 2, gap)
    ages = {
        light: stale_age_s(light_named(view.frame, light), view.interval_s) for light in _lights(table, rows)
    }
    age_s = max((each for each in ages.values() if each is not None), default=None)
    head_role = Role.HEADER_FOCUSED if is_focused else Role.HEADER
    unseen = table.unseen(view.frame.snapshot) is not None and not rows.rows
    count = UNKNOWN.text if unseen else _count(rows)
    head = Cell(_header(placed, stand, gap, count), head_role)
    old = Cell("" if age_s is None else f" {formats.span(age_s)} old ", head_role)
    lines = [ends(fit_line([head], width, head_role), [old], width)]
    if not rows.rows:
        lines.append(_why_empty(table, rows, stand, view.frame, width))
    window = range(stand.offset, min(len(rows.rows), stand.offset + height - 1))
    for at in window:
        line = _row(placed, rows.rows[at], gap, view.frame, width)
        is_old = ages[_light(table, rows.rows[at])] is not None
        lines.append(marked(line, is_cursor=is_focused and at == stand.index, is_stale=is_old))
    return lines[:height]


def _light(table: Table[Any], row: object) -> str:
    """The source that a row comes from."""
    return table.light if table.light_of is None else table.light_of(row)


def _lights(table: Table[Any], rows: Rows) -> set[str]:
    named = set() if table.light_of is None else {_light(table, row) for row in rows.rows}
    return named or {table.light}


def _count(rows: Rows) -> str:
    """How many rows there are; of how many, where a filter hides some."""
    count = len(rows.rows)
    return str(count) if count == rows.total else f"{count}/{rows.total}"


def _row(placed: tuple[Placed[Any], ...], row: object, gap: int, frame: Frame, width: int) -> Line:
    cells = [Cell(" ")]
    for column, wide in placed:
        cell = column.cell(row, frame.snapshot.taken_at)
        cells += [fit(cell, wide, column.align, middle=column.shorten_middle), Cell(" " * gap)]
    return fit_line(cells, width)


def _header(placed: tuple[Placed[Any], ...], stand: Stand, gap: int, count: str) -> str:
    """The titles, with the number of rows at the first and the sign of the order at its column."""
    text = " "
    for at, (column, wide) in enumerate(placed):
        counted = f"{column.title} {count}"
        title = counted if at == 0 and len(counted) <= wide else column.title
        text += fit(Cell(title), wide, column.align).text + _mark(column, stand).ljust(gap)
    return text


def _mark(column: Column[Any], stand: Stand) -> str:
    """The sign of the column that decides the order."""
    if column.key != stand.sort:
        return ""
    return "▼" if stand.is_inverted else "▲"


def _why_empty(table: Table[Any], rows: Rows, stand: Stand, frame: Frame, width: int) -> Line:
    """What stands in place of rows; never that there are none where they cannot be seen."""
    light = light_named(frame, table.light)
    text = table.empty
    if rows.total and stand.filter:
        text = f"none of {rows.total} contains “{stand.filter}” (Esc clears the filter)"
    elif (unseen := table.unseen(frame.snapshot)) is not None:
        text = unseen
    elif light is not None and light.problem and light.state is LightState.LIMITED:
        text = f"{table.empty} ({light.problem})"
    elif light is not None and light.problem:
        text = light.problem
    return fit_line((Cell(" "), Cell(text, Role.FAINT)), width)

"""The parts of a row that are rows themselves, as a small table: processes of a card, shares of a model."""

from collections.abc import Iterable, Sequence
from typing import Any

from ollama_top.columns import formats
from ollama_top.columns.cell import UNKNOWN, Cell, Line, Role, shown
from ollama_top.model.fact import published
from ollama_top.model.reading import Known, Missing
from ollama_top.tui.draw.as_text import as_text
from ollama_top.tui.draw.fit import fit, fit_line, width_of, wrap

INDENT = "    "
GAP = "  "
WIDEST = 40


def nested(items: Sequence[Any], width: int) -> list[Line]:
    """A header, a line for each item, and under them why cells are missing; nothing for no items."""
    if not items:
        return []
    names = [each.name for each in published(type(items[0]))]
    titles = [Cell(name.removesuffix("_bytes"), Role.FAINT) for name in names]
    rows = [titles, *([_cell(name, getattr(item, name)) for name in names] for item in items)]
    widths = [min(WIDEST, max(width_of([row[at]]) for row in rows)) for at in range(len(names))]
    lines = [_line(row, widths, width) for row in rows]
    return [*lines, *_reasons(names, items, width)]


def _cell(name: str, value: object) -> Cell:
    if isinstance(value, Known | Missing):
        return shown(value, lambda known: _short(name, known))
    return Cell(_short(name, value))


def _short(name: str, value: object) -> str:
    return formats.size(value) if name.endswith("_bytes") and isinstance(value, int) else as_text(name, value)


def _line(row: Sequence[Cell], widths: Sequence[int], width: int) -> Line:
    cells = [Cell(INDENT)]
    for cell, wide in zip(row, widths, strict=True):
        cells += [fit(cell, wide), Cell(GAP)]
    return fit_line(cells, width)


def _reasons(names: Iterable[str], items: Sequence[Any], width: int) -> list[Line]:
    """Each reason once, however many cells it explains."""
    reasons = {
        f"{UNKNOWN.text} {name}: {value.hint}": None
        for name in names
        for item in items
        if isinstance(value := getattr(item, name), Missing)
    }
    room = max(10, width - len(INDENT))
    pieces = [piece for reason in reasons for piece in wrap(Cell(reason).text, room)]
    return [fit_line((Cell(INDENT), Cell(piece, Role.FAINT)), width) for piece in pieces]

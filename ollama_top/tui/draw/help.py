"""The help page, computed from the keys and the columns."""

from typing import Any

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.columns.column import Table
from ollama_top.tui.draw.fit import fit, wrap
from ollama_top.tui.draw.header import LIGHTS
from ollama_top.tui.draw.history import MARKS
from ollama_top.tui.draw.server import heading
from ollama_top.tui.keys import Group, Key

KEY_WIDTH = 12


def help_page(keys: tuple[Key, ...], tables: tuple[Table[Any], ...], width: int) -> list[Line]:
    """Every key by its group, what the signs mean, and what each column means."""
    lines: list[Line] = []
    for group in Group:
        members = [key for key in keys if key.group is group]
        lines += [
            heading(group.value),
            *[line for key in members for line in _entry(key.shown, key.help, width)],
            (),
        ]
    lines += [heading("Signs"), *_signs(width), ()]
    for table in tables:
        lines.append(heading(f"Columns of {table.name}"))
        for column in table.columns:
            lines += _entry(column.title, table.doc(column), width)
        lines.append(())
    return lines[:-1]


def _entry(name: str, text: str, width: int) -> list[Line]:
    pieces = wrap(text, max(10, width - KEY_WIDTH - 4))
    heads = [Cell(name, Role.KEY), *[Cell("")] * (len(pieces) - 1)]
    return [
        (Cell("  "), fit(head, KEY_WIDTH), Cell(" "), Cell(piece))
        for head, piece in zip(heads, pieces, strict=True)
    ]


def _signs(width: int) -> list[Line]:
    lights = "  ".join(f"{cell.text} {state.value}" for state, cell in LIGHTS.items())
    return [
        *_entry("-", "Not known; Enter on the row says why.", width),
        *_entry("~", "Worked out from other values, not read.", width),
        *_entry("≤", "An upper bound: others may be counted in; `s` says who.", width),
        *_entry("sources", lights, width),
        *_marks(width),
    ]


def _marks(width: int) -> list[Line]:
    """The events on the time line."""
    told = [(cell.text, f"On the curve of tok/s: {kind.doc}.") for kind, cell in MARKS.items()]
    return [line for sign, text in told for line in _entry(sign, text, width)]

"""What is under way, one a line: what is going on, how far it is, and how to end it or see more."""

from typing import TYPE_CHECKING

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.tui.draw.fit import ends, fit_line, width_of
from ollama_top.tui.view import View

if TYPE_CHECKING:
    from ollama_top.control.deed import Doing

SIGN = Cell(" » ", Role.NOTICE)


def doings_of(view: View) -> int:
    """How many things are under way."""
    return len(view.doings) + (view.changing is not None)


def doing_lines(view: View, width: int, height: int) -> list[Line]:
    """A change of settings, then the newest first; how many have no room is said in the last line."""
    if not doings_of(view):
        return []
    hidden = doings_of(view) - height
    lines: list[Line] = []
    if view.changing is not None and height:
        lines.append(_changing(view.changing, hidden if height == 1 else 0, width))
    for doing in reversed(view.doings[max(0, hidden) :]):
        is_last = len(lines) == height - 1
        lines.append(_doing(doing, view, hidden if is_last else 0, width))
    return lines


def _changing(text: str, hidden: int, width: int) -> Line:
    end = [*_more(hidden), Cell(" e", Role.KEY), Cell(" shows it ", Role.FAINT)]
    return ends(fit_line((SIGN, Cell(f"changing settings: {text}")), width - width_of(end)), end, width)


def _doing(doing: "Doing", view: View, hidden: int, width: int) -> Line:
    from ollama_top.control.follow import can_end, said  # noqa: PLC0415 - no first paint waits for them

    end = [*_more(hidden)]
    end += [Cell(" X", Role.KEY), Cell(" ends it ", Role.FAINT)] if can_end(doing) else []
    return ends(fit_line([SIGN, Cell(said(doing, view.frame))], width - width_of(end)), end, width)


def _more(hidden: int) -> list[Cell]:
    return [Cell(f"  +{hidden} more", Role.FAINT)] if hidden > 0 else []

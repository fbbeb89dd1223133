"""The actions under way, one a line: what is going on, how far it is, and how to end it."""

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.tui.draw.fit import ends, fit_line, width_of
from ollama_top.tui.view import View

SIGN = Cell(" » ", Role.NOTICE)


def doing_lines(view: View, width: int, height: int) -> list[Line]:
    """The newest first; how many have no room is said in the last line."""
    if not view.doings:
        return []
    from ollama_top.control.follow import can_end, said  # noqa: PLC0415 - no first paint waits for them

    hidden = len(view.doings) - height
    lines: list[Line] = []
    for doing in reversed(view.doings[max(0, hidden) :]):
        text = [SIGN, Cell(said(doing, view.frame))]
        is_last = len(lines) == height - 1
        more = [Cell(f"  +{hidden} more", Role.FAINT)] if is_last and hidden > 0 else []
        end = [Cell(" X", Role.KEY), Cell(" ends it ", Role.FAINT)] if can_end(doing) else []
        lines.append(ends(fit_line(text, width - width_of([*more, *end])), [*more, *end], width))
    return lines

"""The line that answers at one look: is it alive, does anything wait, and why."""

from ollama_top.columns import formats
from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.model.verdict import Severity
from ollama_top.tui.draw.fit import fit, fit_line, wrap
from ollama_top.tui.view import View

MARKS = {
    Severity.OK: Cell("✓", Role.GOOD),
    Severity.INFO: Cell("i", Role.NOTICE),
    Severity.WARNING: Cell("▲", Role.WARNING),
    Severity.ERROR: Cell("✗", Role.ERROR),
}
"""A mark for each severity."""

INDENT = 3
TALLEST = 9  # where there is room for all of it


def verdict(view: View, width: int, height: int) -> list[Line]:
    """The verdict in as many lines as it needs, `height` at the most."""
    severity, text = judgement(view)
    mark = MARKS[severity]
    role = mark.role if severity in {Severity.WARNING, Severity.ERROR} else Role.PLAIN
    room = max(1, width - INDENT - 1)
    pieces = wrap(Cell(text).text, room)
    if len(pieces) > height > 0:
        pieces[height - 1 :] = [fit(Cell(" ".join(pieces[height - 1 :])), room).text]
    leads = [(Cell(" "), mark, Cell(" ")), *[(Cell(" " * INDENT),)] * (len(pieces) - 1)]
    return [fit_line((*lead, Cell(piece, role)), width) for lead, piece in zip(leads, pieces, strict=True)]


def judgement(view: View) -> tuple[Severity, str]:
    """The Frame's verdict, unless what brings the Frames has failed or fallen silent."""
    if view.trouble is not None:
        return Severity.ERROR, f"{view.trouble}; r starts it anew"
    if view.silent_s is not None and not view.is_paused:
        return (
            Severity.WARNING,
            f"no news for {formats.span(view.silent_s)}: what is shown is older than that",
        )
    if view.frame is None:
        return Severity.INFO, f"waiting for the first look at {view.title}"
    return view.frame.verdict.severity, view.frame.verdict.text

"""The line that answers at one look: is it alive, does anything wait, and why."""

import re

from ollama_top.columns import formats
from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.model.verdict import Severity, Verdict
from ollama_top.tui.draw.fit import fit, fit_line, width_of, wrap
from ollama_top.tui.main_keys import MAIN_KEYS, opens
from ollama_top.tui.view import View

MARKS = {
    Severity.OK: Cell("✓", Role.GOOD),
    Severity.INFO: Cell("i", Role.NOTICE),
    Severity.WARNING: Cell("▲", Role.WARNING),
    Severity.ERROR: Cell("✗", Role.ERROR),
}
"""A mark for each severity."""

INDENT = 3
TITLE_CELLS = 48  # tabs and task bars show less
_REASONS = re.compile(r"[:;,.] | \(")  # where a verdict goes on to say why
DOCTOR = next(each for each in MAIN_KEYS if each.action == opens("doctor"))
TELLS_MORE: Line = (Cell("  "), Cell(DOCTOR.shown, Role.KEY), Cell(f" {DOCTOR.label}", Role.FAINT))
ROOMY = 40  # below that the words need all the room
TALLEST = 9  # where there is room for all of it


def verdict(view: View, width: int, height: int, *, names_key: bool = True) -> list[Line]:
    """The verdict in as many lines as it needs, `height` at the most.

    The key that tells more ends it, unless it is shown where that key is none.
    """
    told = judgement(view)
    mark = MARKS[told.severity]
    role = mark.role if told.severity in {Severity.WARNING, Severity.ERROR} else Role.PLAIN
    room = max(1, width - INDENT - 1)
    has_more = names_key and told.finding is not None and width >= ROOMY
    more = TELLS_MORE if has_more else ()
    pieces = _pieces(told.text, room, height, width_of(more))
    leads = [(Cell(" "), mark, Cell(" ")), *[(Cell(" " * INDENT),)] * (len(pieces) - 1)]
    lines = [(*lead, Cell(piece, role)) for lead, piece in zip(leads, pieces, strict=True)]
    lines[-1] = (*lines[-1], *more)
    return [fit_line(line, width) for line in lines]


def _pieces(text: str, room: int, height: int, end: int) -> list[str]:
    """The text in lines, the last of which leaves `end` cells free."""
    pieces = wrap(Cell(text).text, room)
    if end and width_of((Cell(pieces[-1]),)) + end > room:
        *before, word = pieces[-1].split() or [""]
        pieces[-1:] = [*([" ".join(before)] if before else []), word]
    if len(pieces) > height > 0:
        pieces[height - 1 :] = [fit(Cell(" ".join(pieces[height - 1 :])), max(1, room - end)).text]
    return pieces


def window_title(view: View) -> str:
    """The verdict in the few words that a window's title has room for, after a count of what alarms now."""
    is_of_now = view.trouble is None and view.silent_s is None
    findings = view.frame.findings if view.frame is not None and is_of_now else ()
    alarms = sum(each.is_alarming for each in findings)
    count = f"[{alarms}!] " if alarms else ""
    words = fit(Cell(_REASONS.split(judgement(view).text, maxsplit=1)[0]), TITLE_CELLS - len(count)).text
    return f"{count}{words.rstrip()} - ollama-top"


def judgement(view: View) -> Verdict:
    """The Frame's verdict, unless what brings the Frames has failed or fallen silent."""
    if view.trouble is not None:
        return Verdict(Severity.ERROR, f"{view.trouble}; r starts it anew")
    if view.silent_s is not None and not view.is_paused:
        return Verdict(
            Severity.WARNING, f"no news for {formats.span(view.silent_s)}: what is shown is older than that"
        )
    if view.frame is None:
        return Verdict(Severity.INFO, f"waiting for the first look at {view.title}")
    return view.frame.verdict

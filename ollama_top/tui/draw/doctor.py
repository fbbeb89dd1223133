"""The doctor's page: every finding with its cause, its evidence and its mend, the worst first."""

from collections.abc import Iterator

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.doctor.mending import steps
from ollama_top.model.finding import Confidence, Finding, FixKind, mend
from ollama_top.model.frame import Snapshot
from ollama_top.tui.draw.fit import fit_line, wrap
from ollama_top.tui.draw.verdict import MARKS
from ollama_top.tui.view import View

INDENT = 3
MOST_KEYS = 9
BY_KEY = " shows the plan; by hand:"
NOTHING = "Nothing found that could be better."
UNREAD = "The server could not be looked at, so nothing is said of it."


def doctor_page(view: View, width: int, *, is_numbered: bool = False) -> list[Line]:
    """All findings of the Frame, one below the other; `is_numbered` where a number's key mends one."""
    if view.frame is None:
        return []
    snapshot, findings = view.frame.snapshot, view.frame.findings
    if not findings:
        is_read = snapshot.server.reachable
        said = Cell(NOTHING, Role.GOOD) if is_read else Cell(UNREAD, Role.NOTICE)
        return [(), *_wrapped(said, width)]
    numbers = {id(each): at for at, each in enumerate(mended_by_setting(view), 1)} if is_numbered else {}
    return [
        line for each in findings for line in (*_finding(each, snapshot, numbers.get(id(each)), width), ())
    ]


def mended_by_setting(view: View) -> tuple[Finding, ...]:
    """The findings that a change of variables mends, in their order; as many as there are keys."""
    findings = view.frame.findings if view.frame is not None else ()
    found = [each for each in findings if each.fix is not None and each.fix.kind is FixKind.SET]
    return tuple(found[:MOST_KEYS])


def _finding(finding: Finding, snapshot: Snapshot, number: int | None, width: int) -> Iterator[Line]:
    mark = MARKS[finding.severity]
    first, *others = wrap(Cell(finding.title).text, max(1, width - INDENT - 1))
    yield fit_line((Cell(" "), mark, Cell(" "), Cell(first, Role.STRONG)), width)
    yield from (fit_line((Cell(" " * INDENT), Cell(each, Role.STRONG)), width) for each in others)
    yield from _wrapped(Cell(finding.cause), width)
    for evidence in finding.evidence:
        yield from _wrapped(Cell(f"{evidence.text} ({evidence.source.value})", Role.FAINT), width, "· ")
    if finding.settle is not None:
        yield from _wrapped(Cell(f"Not sure. {finding.settle}", Role.NOTICE), width)
    if finding.fix is not None:
        yield from _wrapped(Cell(f"Mend: {mend(finding.fix)}", Role.GOOD), width)
        if number is not None:
            key, said = Cell(f"{number}", Role.KEY), Cell(BY_KEY, Role.FAINT)
            yield fit_line((Cell(" " * (INDENT + 2)), key, said), width)
        for step in steps(finding.fix, snapshot):
            yield from _wrapped(Cell(step, Role.GOOD), width, "  ")
    seen = "seen at one look" if finding.confidence is Confidence.ONCE else "seen at two looks or more"
    yield from _wrapped(Cell(f"{finding.id}, {seen}", Role.FAINT), width)


def _wrapped(cell: Cell, width: int, bullet: str = "") -> Iterator[Line]:
    """A text in as many lines as it takes, indented; `bullet` stands before the first."""
    blank = " " * (len(cell.text) - len(cell.text.lstrip(" ")))
    for at, piece in enumerate(wrap(cell.text, max(1, width - INDENT - len(bullet) - 1))):
        lead = bullet if at == 0 else " " * len(bullet)
        yield fit_line(
            (Cell(" " * INDENT + lead + (blank if at == 0 else "")), Cell(piece.lstrip(), cell.role)), width
        )

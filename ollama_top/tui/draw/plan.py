"""A plan, what comes of it, and its receipt as lines. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.control.plan_words import INDENT
from ollama_top.model.receipt import Outcome
from ollama_top.tui.changestand import ChangeStand
from ollama_top.tui.draw.fit import fit_line, wrap

MARGIN = " "
BEGINNINGS = (
    ("note:", Role.NOTICE),
    ("ollama-top does not do it:", Role.WARNING),
    ("Rights:", Role.NOTICE),
    ("Verified:", Role.FAINT),
    ("Taken back:", Role.FAINT),
    ("of ", Role.FAINT),
)
BAD = {Outcome.FAILED: Role.ERROR}
YES, NO = ("Yes", "Do it."), ("No", "Leave everything as it is.")


def plan_lines(said: Iterable[str], width: int) -> list[Line]:
    """The words of a plan, its parts told apart."""
    return [line for each in said for line in wrapped(Cell(each, _role(each)), width)]


def option_lines(offered: Iterable[tuple[str, bool, str]], width: int) -> list[Line]:
    """How else it may be done: keys, whether each is on, and what it does."""
    lines: list[Line] = []
    for key, is_on, about in offered:
        box = Cell(f" [{'x' if is_on else ' '}] ", Role.STRONG if is_on else Role.FAINT)
        said = Cell(f" {about}", Role.STRONG if is_on else Role.FAINT)
        lines.append(fit_line((box, Cell(f" {key} ", Role.KEY), said), width))
    return [(), fit_line((Cell(" If you like:", Role.STRONG),), width), *lines] if lines else []


def answer_line(is_yes: bool, width: int) -> Line:
    """Both answers, one of them marked."""
    cells: list[Cell] = []
    for (name, about), is_marked in ((NO, not is_yes), (YES, is_yes)):
        cells += [Cell(f" {'>' if is_marked else ' '} {name} ", Role.CURSOR if is_marked else Role.STRONG)]
        cells += [Cell(f" {about}  ", Role.FAINT)]
    return fit_line(cells, width)


def progress_lines(stand: ChangeStand, width: int) -> list[Line]:
    """What is changed, what was done for it so far, and what came of it."""
    lines: list[Line] = [
        line for each in stand.differences for line in wrapped(Cell(each, Role.STRONG), width)
    ]
    lines.append(())
    for at, each in enumerate(stand.said):
        is_going = at == len(stand.said) - 1 and not stand.is_over
        sign = Cell(" » " if is_going else " · ", Role.NOTICE if is_going else Role.FAINT)
        lines += _said(sign, Cell(each, Role.PLAIN if is_going else Role.FAINT), width)
    return [*lines, (), *_outcome(stand, width), *_to_do(stand.to_do, width)]


def _said(sign: Cell, cell: Cell, width: int) -> Iterator[Line]:
    for at, piece in enumerate(wrap(cell.text, max(1, width - len(sign.text) - 1))):
        yield fit_line((sign if at == 0 else Cell(" " * len(sign.text)), Cell(piece, cell.role)), width)


def _outcome(stand: ChangeStand, width: int) -> Iterator[Line]:
    if stand.refused is not None:
        yield from wrapped(Cell(stand.outcome, Role.ERROR), width)
    elif stand.receipt is not None:
        role = Role.GOOD if stand.is_as_wanted else BAD.get(stand.receipt.outcome, Role.WARNING)
        yield from wrapped(Cell(stand.receipt.text, role), width)
        for each in stand.receipt.seen:
            yield from wrapped(Cell(f"{INDENT}{each}"), width)
    else:
        yield from wrapped(Cell(GOES_ON, Role.FAINT), width)


GOES_ON = (
    "It goes on when this page is closed, and when ollama-top is: it comes to its end, or back to what was."
)


def _to_do(steps: Sequence[str], width: int) -> Iterator[Line]:
    if steps:
        yield ()
        yield from wrapped(Cell("To do by hand:", Role.STRONG), width)
        for each in steps:
            yield from wrapped(Cell(f"{INDENT}{each}", Role.WARNING), width)


def _role(said: str) -> Role:
    text = said.strip()
    if said.startswith(INDENT):
        return {"+": Role.GOOD, "-": Role.WARNING}.get(text[:1], Role.PLAIN)
    if said.endswith(":") or " -> " in said.partition(": ")[2]:
        return Role.STRONG
    return next((role for start, role in BEGINNINGS if said.startswith(start)), Role.PLAIN)


def wrapped(cell: Cell, width: int) -> list[Line]:
    """A text in as many lines as it takes, each as far in as its first."""
    text = cell.text
    indent = MARGIN + " " * (len(text) - len(text.lstrip(" ")))
    pieces = wrap(text, max(1, width - len(indent) - 1))
    return [fit_line((Cell(indent), Cell(piece, cell.role)), width) for piece in pieces]

"""Text made to measure, in terminal cells: a wide character counts as two.

Must never return a line of another width than asked for.
"""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.columns.column import Align

ELLIPSIS = "…"
_GROUNDED = {Role.HEADER, Role.HEADER_FOCUSED, Role.CURSOR, Role.BADGE}
_GROUNDLESS = frozenset(Role) - _GROUNDED  # their blanks look alike


def fit(cell: Cell, width: int, align: Align = Align.LEFT, *, middle: bool = False) -> Cell:
    """The cell at exactly this width: padded on the side that `align` leaves, or shortened."""
    length = cell_len(cell.text)
    if length > width:
        text = _without_middle(cell.text, width) if middle else _without_end(cell.text, width)
        return Cell(text, cell.role)
    blank = " " * (width - length)
    return Cell(blank + cell.text if align is Align.RIGHT else cell.text + blank, cell.role)


def fit_line(line: Iterable[Cell], width: int, role: Role = Role.PLAIN) -> Line:
    """The line at exactly this width; what is too long is cut, what is short filled in `role`."""
    fitted: list[Cell] = []
    left = width
    for cell in line:
        length = cell_len(cell.text)
        if length > left:
            fitted.append(Cell(set_cell_size(cell.text, left), cell.role))
            return tuple(fitted)
        if cell.text:
            fitted.append(cell)
        left -= length
    if left:
        fitted.append(Cell(" " * left, role))
    return tuple(fitted)


def whole(parts: Iterable[Sequence[Cell]], width: int) -> Line:
    """A line of whole parts, as many as fit: half a number would be another number."""
    kept: list[Cell] = []
    for part in parts:
        if width_of(kept) + width_of(part) > width:
            break
        kept.extend(part)
    return fit_line(kept, width)


def ends(left: Iterable[Cell], right: Sequence[Cell], width: int) -> Line:
    """A line with one part at each edge; the right one is kept where both do not fit."""
    room = max(0, width - width_of(right))
    return fit_line((*fit_line(left, room), *right), width)


def width_of(line: Iterable[Cell]) -> int:
    """Cells that the line takes."""
    return sum(cell_len(cell.text) for cell in line)


def wrap(text: str, width: int) -> list[str]:
    """The text in lines no wider than `width`, broken between words where that is possible."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(joined) <= width:
            lines[-1] = joined
            continue
        pieces = _pieces(word, max(1, width))
        lines[-1:] = [*([lines[-1]] if lines[-1] else []), *pieces]
    return lines


def marked(line: Line, *, is_cursor: bool, is_stale: bool) -> Line:
    """The line of a row as its standing asks for: under the cursor, or out of date."""
    if is_cursor:
        return recolour(line, Role.CURSOR)
    return recolour(line, Role.FAINT) if is_stale else line


def joined(line: Line) -> Line:
    """Neighbours of one role as one cell, and blanks with what they follow: fewer styles to send."""
    cells: list[Cell] = []
    for cell in line:
        before = cells[-1] if cells else None
        is_blank = cell.text.isspace() and cell.role in _GROUNDLESS
        if before and (cell.role is before.role or (is_blank and before.role in _GROUNDLESS)):
            cells[-1] = Cell(before.text + cell.text, before.role)
        else:
            cells.append(cell)
    return tuple(cells)


def recolour(line: Line, role: Role) -> Line:
    """The same text, all of it in one role and one cell."""
    return (Cell("".join(cell.text for cell in line), role),)


def _pieces(word: str, width: int) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and cell_len(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _without_end(text: str, width: int) -> str:
    return set_cell_size(text, width - 1) + ELLIPSIS if width > 1 else set_cell_size(text, width)


def _without_middle(text: str, width: int) -> str:
    """Both ends of a name, which tell it from its likes; where it was fetched from goes first."""
    short = f"{ELLIPSIS}/{text.rpartition('/')[2]}"
    if "/" not in text or cell_len(short) < width // 2:
        short = text
    if cell_len(short) <= width:
        return short + " " * (width - cell_len(short))
    if width < 8:
        return _without_end(short, width)
    tail = short
    while cell_len(tail) > (width - 1) // 2:
        tail = tail[1:]
    return set_cell_size(short, width - 1 - cell_len(tail)) + ELLIPSIS + tail

"""The last line: the keys that help most, what is being typed, or what came of an action."""

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.tui.draw.fit import fit_line, width_of, wrap
from ollama_top.tui.keys import Key, in_footer


def key_line(keys: tuple[Key, ...], width: int, *, filter_text: str = "") -> Line:
    """As many keys as fit, the most important first; a filter that hides rows comes before all."""
    cells: list[Cell] = []
    if filter_text:
        cells += [Cell(" "), Cell(f" filter: {filter_text} ", Role.BADGE)]
        cells += [Cell(" Esc", Role.KEY), Cell(" clears ", Role.FAINT)]
    for key in in_footer(keys):
        part = (
            Cell(f" {key.footer_key or key.shown.split()[0]}", Role.KEY),
            Cell(f" {key.label} ", Role.FAINT),
        )
        if width_of(cells) + width_of(part) <= width:
            cells.extend(part)
    return fit_line(cells, width)


def prompt_line(label: str, text: str, hint: str, width: int) -> Line:
    """What is being typed, with its end in view."""
    name = Cell(f" {label}: ", Role.KEY)
    typed = Cell(_end_of(Cell(text).text, max(1, width - width_of([name]) - 1)), Role.STRONG)
    return fit_line((name, typed, Cell(" ", Role.CURSOR), Cell(f"  {hint}", Role.FAINT)), width)


def _end_of(text: str, room: int) -> str:
    """As much of a text as there is room for, from its end."""
    while width_of([Cell(text)]) > room:
        text = text[max(1, len(text) - room) :]
    return text


def notice_lines(notice: Cell, width: int) -> list[Line]:
    """What came of an action, in full; it stays for a while, or until the next key."""
    pieces = wrap(notice.text, max(1, width - 2))
    return [fit_line((Cell(" "), Cell(piece, notice.role)), width) for piece in pieces]

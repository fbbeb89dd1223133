"""The strip of hosts over the monitor of one of them: name, number and how each does. Pure.

Must never jump: the same hosts stand in the same places until another page of them is in front.
"""

from collections.abc import Sequence

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.tui.draw.fit import fit, fit_line, width_of
from ollama_top.tui.draw.verdict import MARKS, judgement
from ollama_top.tui.tabs import Tab, Tabs
from ollama_top.tui.view import View

WAITED_FOR = Cell("○", Role.FAINT)
NAME_WIDEST = 20
NUMBERED = 9  # so many have a key of their own
LESS, MORE = Cell("< ", Role.FAINT), Cell(" >", Role.FAINT)


def mark_of(view: View) -> Cell:
    """How a host does, in one glyph."""
    is_awaited = view.frame is None and view.trouble is None and view.silent_s is None
    return WAITED_FOR if is_awaited else MARKS[judgement(view).severity]


def tabs_line(tabs: Tabs, width: int) -> Line:
    """The page of hosts with the one in front, and a sign where there are others."""
    drawn = _drawn(tabs)
    page = _page(drawn, tabs.front, width)
    cells = [cell for at in page for cell in drawn[at]]
    if len(page) < len(drawn):
        before = LESS if page.start else Cell("  ")
        cells = [before, *fit_line(cells, max(0, width - 4))]
        cells.append(MORE if page.stop < len(drawn) else Cell("  "))
    return fit_line(cells, width)


def tab_at(tabs: Tabs, width: int, column: int) -> int | None:
    """The host at a column of the line; None beside them."""
    drawn = _drawn(tabs)
    page = _page(drawn, tabs.front, width)
    left = width_of((LESS,)) if len(page) < len(drawn) else 0
    for at in page:
        if left <= column < left + width_of(drawn[at]):
            return at
        left += width_of(drawn[at])
    return None


def _drawn(tabs: Tabs) -> list[Line]:
    return [_tab(tab, at, is_front=at == tabs.front) for at, tab in enumerate(tabs.each)]


def _tab(tab: Tab, at: int, *, is_front: bool) -> Line:
    number = f" {at + 1}" if at < NUMBERED else ""
    name = Cell(tab.name).text
    name = fit(Cell(name), min(NAME_WIDEST, width_of((Cell(name),))), middle=True).text
    if is_front:
        return (Cell(" "), tab.mark, Cell(f"{number} {name} ", Role.HEADER_FOCUSED))
    return (Cell(" "), tab.mark, Cell(number, Role.FAINT), Cell(f" {name} "))


def _page(drawn: Sequence[Line], front: int, width: int) -> range:
    """Those that fit beside each other, the one in front among them; one at the least."""
    widths = [width_of(each) for each in drawn]
    if sum(widths) <= width:
        return range(len(drawn))
    room, page = width - width_of((LESS, MORE)), range(0)
    while front not in page:
        page = _from(page.stop, widths, room)
    if page.stop == len(drawn):  # the last page is a full one too
        page = range(len(drawn) - len(_from(0, widths[::-1], room)), len(drawn))
    return page


def _from(start: int, widths: Sequence[int], room: int) -> range:
    end, left = start + 1, room - widths[start]
    while end < len(widths) and widths[end] <= left:
        left -= widths[end]
        end += 1
    return range(start, end)

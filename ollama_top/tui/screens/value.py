"""Another value for one variable: what it means and costs, and a line that is checked while it is typed.

Must never do anything itself: the answer goes to who asked.
"""

from collections.abc import Callable

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.tui.draw.fit import fit_line, wrap
from ollama_top.tui.screens.entry import Entry
from ollama_top.tui.themes import Theme

Judge = Callable[[str], tuple[str, str | None]]
"""What a line would mean, and what is wrong with it; None where nothing is."""


class ValueEntry(Entry):
    """A line that is taken only when nothing is wrong with it; an empty one may mean something."""

    def __init__(
        self, title: str, text: tuple[str, ...], label: str, typed: str, judge: Judge, theme: Theme
    ) -> None:
        """`typed` is what stands there at first."""
        super().__init__(title, text, label, theme)
        self._typed = typed
        self._judge = judge

    def _seen(self, width: int, room: int) -> list[Line]:
        """What there is to know, and always in view what was typed so far comes to."""
        said, judged = self._said(width), self._judged(width)
        return [*said[: max(0, room - len(judged))], *judged]

    def _judged(self, width: int) -> list[Line]:
        means, problem = self._judge(self._typed)
        cell = Cell(means, Role.GOOD) if problem is None else Cell(problem, Role.ERROR)
        pieces = wrap(cell.text, max(1, width - 3))
        return [fit_line((Cell("  "), Cell(piece, cell.role)), width) for piece in pieces]

    def action_choose(self) -> None:
        """Give what was typed, unless something is wrong with it."""
        if self._judge(self._typed)[1] is None:
            self.dismiss(self._typed)

"""A page of text over the main screen, which follows the Frames while it is open."""

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType

from ollama_top.columns.cell import Line
from ollama_top.tui.draw.fit import fit_line
from ollama_top.tui.draw.footer import key_line, notice_lines
from ollama_top.tui.keys import PAGE_KEYS, Key
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.sheet import LiveSheet, Parts, room, scrolled, titled
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View
from ollama_top.tui.widgets.panel import LinePanel

PageLines = Callable[[View, int], list[Line]]
"""What a page says, given a View and a width."""


class Page(LiveSheet[None], inherit_bindings=False):
    """A title, lines that can be scrolled, and the keys."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(PAGE_KEYS)
    KEYS: tuple[Key, ...] = PAGE_KEYS

    def __init__(self, title: str, lines: PageLines, view: View, theme: Theme) -> None:
        super().__init__(view, theme)
        self._title = title
        self._lines = lines
        self._offset = 0

    def parts(self, width: int, height: int) -> Parts:
        """The lines that are in view."""
        lines, foot = self._lines(self._view, width), self._foot_lines(width)
        self._offset, seen, more = scrolled(lines, self._offset, room(height, foot))
        body = [fit_line(line, width) for line in seen]
        return Parts(titled(f"{self._title}{more}", width), body, foot)

    def _foot_lines(self, width: int) -> list[Line]:
        notice = self._view.notice
        return [key_line(self.KEYS, width)] if notice is None else notice_lines(notice, width)

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self._offset += by
        self.redraw()

    def action_page(self, by: int) -> None:
        """Scroll by pages."""
        self.action_scroll(by * max(1, self.app.size.height - 3))

    def on_line_panel_wheeled(self, event: LinePanel.Wheeled) -> None:
        """Scroll with the wheel."""
        self.action_scroll(3 * event.steps)

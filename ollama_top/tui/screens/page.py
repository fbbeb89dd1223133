"""A page of text over the main screen, which follows the Frames while it is open."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.tui.draw.fit import fit_line
from ollama_top.tui.draw.footer import key_line, notice_lines
from ollama_top.tui.keys import PAGE_KEYS, Key
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.showing import Showing
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View
from ollama_top.tui.widgets.panel import LinePanel

PageLines = Callable[[View, int], list[Line]]
"""What a page says, given a View and a width."""


class Page(Showing[None], inherit_bindings=False):
    """A title, lines that can be scrolled, and the keys."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(PAGE_KEYS)
    AUTO_FOCUS = ""
    DEFAULT_CSS = "Page { overflow: hidden; }"
    KEYS: tuple[Key, ...] = PAGE_KEYS

    def __init__(self, title: str, lines: PageLines, view: View, theme: Theme) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._view = view
        self._theme = theme
        self._offset = 0
        self._head, self._body, self._foot = (LinePanel(name) for name in ("head", "body", "foot"))

    def compose(self) -> ComposeResult:
        """Title, body and keys."""
        yield from (self._head, self._body, self._foot)

    def show(self, view: View, theme: Theme) -> None:
        """Draw another state of things."""
        self._view, self._theme = view, theme
        width, height = self.app.size
        if not self.app.size:
            return
        lines = self._lines(view, width)
        foot = self._foot_lines(width)
        room = max(1, height - 1 - len(foot))
        self._offset = max(0, min(self._offset, len(lines) - room))
        seen = [fit_line(line, width) for line in lines[self._offset : self._offset + room]]
        more = f"  {self._offset + len(seen)}/{len(lines)}" if len(lines) > room else ""
        title = fit_line([Cell(f" {self._title}{more}", Role.HEADER_FOCUSED)], width, Role.HEADER_FOCUSED)
        self._head.show([title], theme, 1 if height > 1 else 0)
        self._body.show(seen, theme, room)
        self._foot.show(foot, theme, len(foot) if height > 1 + len(foot) else 0)

    def _foot_lines(self, width: int) -> list[Line]:
        notice = self._view.notice
        return [key_line(self.KEYS, width)] if notice is None else notice_lines(notice, width)

    def on_mount(self) -> None:
        """Draw before the first paint."""
        self.show(self._view, self._theme)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.show(self._view, self._theme)

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self._offset += by
        self.show(self._view, self._theme)

    def action_page(self, by: int) -> None:
        """Scroll by pages."""
        self.action_scroll(by * max(1, self.app.size.height - 3))

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    def on_line_panel_wheeled(self, event: LinePanel.Wheeled) -> None:
        """Scroll with the wheel."""
        self.action_scroll(3 * event.steps)

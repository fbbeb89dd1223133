"""What all questions have in common: a title, lines, and the keys that answer."""

from textual.app import ComposeResult

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.tui.draw.fit import fit_line, wrap
from ollama_top.tui.draw.footer import key_line
from ollama_top.tui.keys import Key
from ollama_top.tui.screens.showing import Showing
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View
from ollama_top.tui.widgets.panel import LinePanel


class Asking(Showing[str | None], inherit_bindings=False):
    """A question over the main screen; None is the answer of who leaves."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = "Asking { overflow: hidden; }"
    KEYS: tuple[Key, ...] = ()

    def __init__(self, title: str, text: tuple[str, ...], theme: Theme) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._theme = theme
        self._head, self._body, self._foot = (LinePanel(name) for name in ("head", "body", "foot"))

    def compose(self) -> ComposeResult:
        """Title, question with its answers, and keys."""
        yield from (self._head, self._body, self._foot)

    def show(self, view: View, theme: Theme) -> None:  # noqa: ARG002 - a question stands as it was asked
        """Draw in the theme of the moment."""
        self._theme = theme
        self._redraw()

    def on_mount(self) -> None:
        """Draw before the first paint."""
        self._redraw()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._redraw()

    def _redraw(self) -> None:
        width, height = self.app.size
        if not self.app.size:
            return
        room = max(1, height - 2)
        title = fit_line([Cell(f" {self._title}", Role.HEADER_FOCUSED)], width, Role.HEADER_FOCUSED)
        self._head.show([title], self._theme, 1 if height > 1 else 0)
        self._body.show(self._seen(width, room), self._theme, room)
        self._foot.show([self._foot_line(width)], self._theme, 1 if height > 2 else 0)

    def _seen(self, width: int, room: int) -> list[Line]:
        """The lines of the body that are in view."""
        return self._said(width)[:room]

    def _foot_line(self, width: int) -> Line:
        return key_line(self.KEYS, width)

    def _said(self, width: int) -> list[Line]:
        """The question, with a blank line before and after."""
        said = [piece for text in self._text for piece in wrap(Cell(text).text, max(1, width - 3))]
        return [fit_line([Cell(f"  {piece}")], width) for piece in ("", *said, "")]

    def action_close(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)

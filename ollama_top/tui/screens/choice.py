"""A question with a few answers: the column to sort by, or whether to do what was asked for.

Must never do anything itself: the answer goes to who asked.
"""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.tui.draw.fit import fit_line, wrap
from ollama_top.tui.draw.footer import key_line
from ollama_top.tui.keys import CHOICE_KEYS, CONFIRM_KEYS, Key
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View
from ollama_top.tui.widgets.panel import LinePanel

Answers = tuple[tuple[str, str], ...]
"""What each answer is called, and what it says."""


class Choice(Screen[str | None], inherit_bindings=False):
    """Answers one below the other; None is the answer of who leaves."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(CHOICE_KEYS)
    AUTO_FOCUS = ""
    DEFAULT_CSS = "Choice { overflow: hidden; }"
    KEYS: tuple[Key, ...] = CHOICE_KEYS

    def __init__(
        self, title: str, text: tuple[str, ...], answers: Answers, marked: int, theme: Theme
    ) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._answers = answers
        self._marked = marked
        self._offset = 0
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
        lines = self._lines(width)
        marked_line = len(lines) - len(self._answers) + self._marked
        kept = min(self._offset, marked_line if self._marked else 0)  # the first brings the question back
        self._offset = offset = max(kept, marked_line - room + 1, 0)
        title = fit_line([Cell(f" {self._title}", Role.HEADER_FOCUSED)], width, Role.HEADER_FOCUSED)
        self._head.show([title], self._theme, 1 if height > 1 else 0)
        self._body.show(lines[offset : offset + room], self._theme, room)
        self._foot.show([key_line(self.KEYS, width)], self._theme, 1 if height > 2 else 0)

    def _lines(self, width: int) -> list[Line]:
        said = [piece for text in self._text for piece in wrap(Cell(text).text, max(1, width - 3))]
        lines = [fit_line([Cell(f"  {piece}")], width) for piece in ("", *said, "")]
        for at, (name, about) in enumerate(self._answers):
            is_marked = at == self._marked
            mark = Cell(f" {'>' if is_marked else ' '} {name:<10}", Role.CURSOR if is_marked else Role.STRONG)
            lines.append(fit_line([mark, Cell(f"  {about}", Role.FAINT)], width))
        return lines

    def action_mark(self, by: int) -> None:
        """Mark another answer."""
        self._marked = (self._marked + by) % len(self._answers)
        self._redraw()

    def action_choose(self) -> None:
        """Give the marked answer."""
        self.dismiss(self._answers[self._marked][0])

    def action_close(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)

    def on_line_panel_clicked(self, event: LinePanel.Clicked) -> None:
        """Mark the answer under the pointer; it takes a key to give it."""
        first = len(self._lines(self.app.size.width)) - len(self._answers)
        answer = self._offset + event.line - first
        if event.panel == "body" and 0 <= answer < len(self._answers):
            self._marked = answer
            self._redraw()


YES, NO = "Yes", "No"


class Confirm(Choice):
    """Whether to do what was asked for; No is marked at first."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        tuple(key for key in CONFIRM_KEYS if key not in CHOICE_KEYS)
    )
    KEYS = CONFIRM_KEYS

    def __init__(self, question: str, text: tuple[str, ...], doing: str, theme: Theme) -> None:
        answers = ((NO, "Leave everything as it is."), (YES, doing))
        super().__init__(question, text, answers, 0, theme)

    def action_answer(self, answer: str) -> None:
        """Answer by a key of its own."""
        self.dismiss(answer)

"""A screen of one sheet: a title, a body and the keys, one below the other, drawn anew as things change."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from textual.app import ComposeResult

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.tui.draw.fit import fit_line
from ollama_top.tui.screens.showing import Showing
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View
from ollama_top.tui.widgets.panel import LinePanel

Answer = TypeVar("Answer")


class Parts(NamedTuple):
    """What stands on a sheet."""

    head: Line
    body: Sequence[Line]
    foot: Sequence[Line]


class Sheet(Showing[Answer], inherit_bindings=False):
    """A sheet that stands as it was made, such as a question."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = "Sheet { overflow: hidden; }"

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._head, self._body, self._foot = (LinePanel(name) for name in ("head", "body", "foot"))

    def parts(self, width: int, height: int) -> Parts:
        """What to draw now, for a size of the whole screen."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Title, body and keys."""
        yield from (self._head, self._body, self._foot)

    def show(self, view: View, theme: Theme) -> None:  # noqa: ARG002 - for those that follow it
        """Draw in the theme of the moment."""
        self._theme = theme
        self.redraw()

    def redraw(self) -> None:
        """Draw it as it stands; where room is short the keys go first, and then the title."""
        if not self.app.size:
            return
        width, height = self.app.size
        head, body, foot = self.parts(width, height)
        self._head.show([head], self._theme, 1 if height > 1 else 0)
        self._body.show(body, self._theme, room(height, foot))
        self._foot.show(foot, self._theme, len(foot) if height > 1 + len(foot) else 0)

    def on_mount(self) -> None:
        """Draw before the first paint."""
        self.redraw()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.redraw()

    def action_close(self) -> None:
        """Go back, without an answer where there was a question."""
        self.dismiss(None)


class LiveSheet(Sheet[Answer], inherit_bindings=False):
    """A sheet that is drawn from the View, and follows it."""

    def __init__(self, view: View, theme: Theme) -> None:
        super().__init__(theme)
        self._view = view

    def show(self, view: View, theme: Theme) -> None:
        """Draw another state of things."""
        self._view = view
        super().show(view, theme)


def room(height: int, foot: Sequence[Line]) -> int:
    """Lines that are left for the body."""
    return max(1, height - 1 - len(foot))


def titled(text: str, width: int) -> Line:
    """The title of a sheet."""
    return fit_line([Cell(f" {text}", Role.HEADER_FOCUSED)], width, Role.HEADER_FOCUSED)


class Scrolled(NamedTuple):
    """The lines that are in view."""

    offset: int  # of the first
    seen: Sequence[Line]
    more: str  # for the title: where they stand among all; empty where all are in view


def scrolled(lines: Sequence[Line], offset: int, room_lines: int) -> Scrolled:
    """What is in view of lines that may be more than there is room for."""
    first = max(0, min(offset, len(lines) - room_lines))
    seen = lines[first : first + room_lines]
    more = f"  {first + len(seen)}/{len(lines)}" if len(lines) > room_lines else ""
    return Scrolled(first, seen, more)

"""What all questions have in common: a title, lines, and the keys that answer."""

from ollama_top.columns.cell import Cell, Line
from ollama_top.tui.draw.fit import fit_line, wrap
from ollama_top.tui.draw.footer import key_line
from ollama_top.tui.keys import Key
from ollama_top.tui.screens.sheet import Parts, Sheet, room, titled
from ollama_top.tui.themes import Theme


class Asking(Sheet[str | None], inherit_bindings=False):
    """A question over the main screen; None is the answer of who leaves."""

    KEYS: tuple[Key, ...] = ()

    def __init__(self, title: str, text: tuple[str, ...], theme: Theme) -> None:
        super().__init__(theme)
        self._title = title
        self._text = text

    def parts(self, width: int, height: int) -> Parts:
        """The question with its answers, and the keys."""
        foot = [self._foot_line(width)]
        return Parts(titled(self._title, width), self._seen(width, room(height, foot)), foot)

    def _seen(self, width: int, room_lines: int) -> list[Line]:
        """The lines of the body that are in view."""
        return self._said(width)[:room_lines]

    def _foot_line(self, width: int) -> Line:
        return key_line(self.KEYS, width)

    def _said(self, width: int) -> list[Line]:
        """The question, with a blank line before and after."""
        said = [piece for text in self._text for piece in wrap(Cell(text).text, max(1, width - 3))]
        return [fit_line([Cell(f"  {piece}")], width) for piece in ("", *said, "")]

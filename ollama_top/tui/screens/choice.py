"""A question with a few answers: the column to sort by, or whether to do what was asked for.

Must never do anything itself: the answer goes to who asked.
"""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.tui.draw.fit import fit, fit_line, width_of, wrap
from ollama_top.tui.keys import CHOICE_KEYS, CONFIRM_KEYS, Key
from ollama_top.tui.screens.asking import Asking
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.themes import Theme
from ollama_top.tui.widgets.panel import LinePanel

LEAST_NAME_WIDTH = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: what it is called, what it says, and why it cannot be given."""

    name: str
    about: str
    is_possible: bool = True


Answers = tuple[Answer, ...]


class Choice(Asking):
    """Answers one below the other."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(CHOICE_KEYS)
    KEYS: tuple[Key, ...] = CHOICE_KEYS

    def __init__(
        self, title: str, text: tuple[str, ...], answers: Answers, marked: int, theme: Theme
    ) -> None:
        super().__init__(title, text, theme)
        self._answers = answers
        self._marked = marked
        self._offset = 0

    def _seen(self, width: int, room: int) -> list[Line]:
        lines = self._lines(width)
        places = [at for at, _ in lines]
        first = places.index(self._marked) if self._marked in places else 0
        last = first + max(0, places.count(self._marked) - 1)
        kept = min(self._offset, first if self._marked else 0)  # the first brings the question back
        self._offset = offset = max(kept, last - room + 1, 0)
        return [line for _, line in lines[offset : offset + room]]

    def _lines(self, width: int) -> list[tuple[int | None, Line]]:
        """Every line, with the number of the answer that it belongs to."""
        lines: list[tuple[int | None, Line]] = [(None, line) for line in self._said(width)]
        for at in range(len(self._answers)):
            lines += [(at, line) for line in self._answer(at, width)]
        return lines

    def _answer(self, at: int, width: int) -> list[Line]:
        """One line; the marked one has as many as it takes to say all."""
        answer, is_marked = self._answers[at], at == self._marked
        widest = max(width_of([Cell(each.name)]) for each in self._answers)
        name_width = min(max(widest, LEAST_NAME_WIDTH), width // 2)
        name = fit(Cell(answer.name), name_width, middle=True).text
        usual = Role.STRONG if answer.is_possible else Role.FAINT
        heads = [Cell(f" {'>' if is_marked else ' '} {name}", Role.CURSOR if is_marked else usual)]
        pieces = [answer.about]
        if is_marked:
            pieces = wrap(Cell(answer.about).text, max(10, width - name_width - 6))
            heads += [Cell(" " * (name_width + 3))] * (len(pieces) - 1)
        room = max(0, width - name_width - 3)
        return [
            fit_line([head, fit(Cell(f"  {piece}", Role.FAINT), room)], width)
            for head, piece in zip(heads, pieces, strict=True)
        ]

    def action_mark(self, by: int) -> None:
        """Mark another answer."""
        if self._answers:
            self._marked = (self._marked + by) % len(self._answers)
            self.redraw()

    def action_choose(self) -> None:
        """Give the marked answer, if it can be given."""
        if self._answers and self._answers[self._marked].is_possible:
            self.dismiss(self._answers[self._marked].name)

    def on_line_panel_clicked(self, event: LinePanel.Clicked) -> None:
        """Mark the answer under the pointer; it takes a key to give it."""
        lines = self._lines(self.app.size.width)
        at = self._offset + event.line
        answer = lines[at][0] if event.panel == "body" and at < len(lines) else None
        if answer is not None:
            self._marked = answer
            self.redraw()


YES, NO = "Yes", "No"


class Confirm(Choice):
    """Whether to do what was asked for; No is marked at first."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        tuple(key for key in CONFIRM_KEYS if key not in CHOICE_KEYS)
    )
    KEYS = CONFIRM_KEYS

    def __init__(self, question: str, text: tuple[str, ...], doing: str, theme: Theme) -> None:
        answers = (Answer(NO, "Leave everything as it is."), Answer(YES, doing))
        super().__init__(question, text, answers, 0, theme)

    def action_answer(self, answer: str) -> None:
        """Answer by a key of its own."""
        self.dismiss(answer)

"""A question with many answers, which narrows as its user types.

Must never do anything itself: the answer goes to who asked.
"""

from typing import ClassVar

from textual import events
from textual.binding import BindingType

from ollama_top.columns.cell import Line
from ollama_top.tui.draw.footer import prompt_line
from ollama_top.tui.keys import PICKER_KEYS
from ollama_top.tui.prompt import edited
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.choice import Answers, Choice
from ollama_top.tui.themes import Theme

LEAVES_ALONE = frozenset({"ctrl+c", "f10"})


class Picker(Choice, inherit_bindings=False):
    """Answers that contain what was typed; letters are typed, never keys."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(PICKER_KEYS)
    KEYS = PICKER_KEYS

    def __init__(self, title: str, text: tuple[str, ...], theme: Theme) -> None:
        super().__init__(title, text, (), 0, theme)
        self._all: Answers = ()
        self._typed = ""

    def fill(self, text: tuple[str, ...], answers: Answers) -> None:
        """Show what there is to choose from, or in `text` why there is nothing."""
        self._text, self._all = text, answers
        self._narrow(self._typed)

    def _narrow(self, typed: str) -> None:
        folded = typed.casefold()
        self._typed = typed
        self._answers = tuple(each for each in self._all if folded in each.name.casefold())
        self._marked = 0
        self.redraw()

    def _foot_line(self, width: int) -> Line:
        if not self._typed:
            return super()._foot_line(width)
        hint = f"{len(self._answers)} of {len(self._all)}; Enter takes the marked one"
        return prompt_line("name", self._typed, hint, width)

    def on_key(self, event: events.Key) -> None:
        """Take what is typed; every other key is left to the bindings."""
        typed = edited(self._typed, event.key, event.character)
        if typed is not None and event.key not in LEAVES_ALONE:
            event.stop()
            event.prevent_default()
            self._narrow(typed)

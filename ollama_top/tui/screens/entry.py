"""A question that is answered by a line of text.

Must never do anything itself: the answer goes to who asked.
"""

from typing import ClassVar

from textual import events
from textual.binding import BindingType

from ollama_top.columns.cell import Line
from ollama_top.tui.draw.footer import prompt_line
from ollama_top.tui.keys import ENTRY_KEYS
from ollama_top.tui.prompt import edited
from ollama_top.tui.screens.asking import Asking
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.themes import Theme


class Entry(Asking, inherit_bindings=False):
    """A line to type; letters are typed, never keys."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(ENTRY_KEYS)
    KEYS = ENTRY_KEYS

    def __init__(self, title: str, text: tuple[str, ...], label: str, theme: Theme) -> None:
        super().__init__(title, text, theme)
        self._label = label
        self._typed = ""

    def _foot_line(self, width: int) -> Line:
        return prompt_line(self._label, self._typed, "Enter goes on, Esc leaves", width)

    def on_key(self, event: events.Key) -> None:
        """Take what is typed; every other key is left to the bindings."""
        typed = edited(self._typed, event.key, event.character)
        if typed is not None:
            event.stop()
            event.prevent_default()
            self._typed = typed
            self.redraw()

    def on_paste(self, event: events.Paste) -> None:
        """Take what was pasted, as far as it can be typed."""
        event.stop()
        self._typed += "".join(filter(str.isprintable, event.text))
        self.redraw()

    def action_choose(self) -> None:
        """Give what was typed, if anything was."""
        if self._typed.strip():
            self.dismiss(self._typed.strip())

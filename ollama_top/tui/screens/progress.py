"""A change of settings under way, and its receipt; it can be left and come back to.

Must never end a change by being closed.
"""

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType

from ollama_top.columns.cell import Line
from ollama_top.tui.change_keys import BURST, COPY, PROGRESS_KEYS
from ollama_top.tui.changestand import ChangeStand
from ollama_top.tui.draw.footer import key_line, notice_lines
from ollama_top.tui.draw.plan import progress_lines
from ollama_top.tui.keys import PAGE_KEYS
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.page import Page
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View


class ProgressScreen(Page, inherit_bindings=False):
    """What was done so far."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(PROGRESS_KEYS)
    KEYS = PROGRESS_KEYS

    def __init__(
        self,
        stand: Callable[[], ChangeStand],
        copy: Callable[[str], object],
        prove: Callable[[], object],
        view: View,
        theme: Theme,
    ) -> None:
        """`stand` tells how it stands, `prove` sends a burst."""
        super().__init__("Changing settings", self._drawn, view, theme)
        self._stand = stand
        self._copy = copy
        self._prove = prove

    def _drawn(self, _: View, width: int) -> list[Line]:
        return [(), *progress_lines(self._stand(), width)]

    def _foot_lines(self, width: int) -> list[Line]:
        if self._view.notice is not None:
            return notice_lines(self._view.notice, width)
        copy = (COPY,) if self._stand().to_do else ()
        prove = (BURST,) if self._stand().is_kept else ()
        return [key_line((*PAGE_KEYS, *copy, *prove), width)]

    def action_copy(self) -> None:
        """Copy what is left for a person to do."""
        if self._stand().to_do:
            self._copy("\n".join(self._stand().to_do))

    def action_burst(self) -> None:
        """Close the page, and send a burst."""
        if self._stand().is_kept:
            self.dismiss(None)
            self._prove()

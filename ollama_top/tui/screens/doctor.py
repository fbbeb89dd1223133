"""Every finding, and a number for each that a change of variables mends.

Must never change anything itself: it hands the changes to who shows the plan.
"""

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType

from ollama_top.columns.cell import Line
from ollama_top.model.finding import Change
from ollama_top.tui.change_keys import MEND_KEYS
from ollama_top.tui.draw.doctor import doctor_page, mended_by_setting
from ollama_top.tui.draw.footer import key_line
from ollama_top.tui.keys import PAGE_KEYS
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.page import Page
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View


class DoctorScreen(Page, inherit_bindings=False):
    """The doctor's page of a user who may change settings."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(MEND_KEYS)
    KEYS = MEND_KEYS

    def __init__(self, begin: Callable[[tuple[Change, ...]], object], view: View, theme: Theme) -> None:
        """`begin` shows the plan for changes."""
        super().__init__("Doctor", lambda now, width: doctor_page(now, width, is_numbered=True), view, theme)
        self._begin = begin

    def _foot_lines(self, width: int) -> list[Line]:
        if self._view.notice is None and not mended_by_setting(self._view):
            return [key_line(PAGE_KEYS, width)]
        return super()._foot_lines(width)

    def action_mend(self, number: int) -> None:
        """Show the plan that mends a finding."""
        found = mended_by_setting(self._view)[number - 1 : number]
        for finding in found:
            if finding.fix is not None:
                self._begin(finding.fix.changes)

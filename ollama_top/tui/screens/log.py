"""The log over the main screen; it goes on while it is open, and stands still while the monitor is paused.

Must never read a log: its lines are those of the Frame.
"""

from dataclasses import replace
from typing import Any, ClassVar

from textual.binding import BindingType

from ollama_top.model.log import LogLine
from ollama_top.tui.draw.log import body, foot, head, log_of, whole_line
from ollama_top.tui.log_keys import LOG_KEYS
from ollama_top.tui.logstand import KINDS, LEVELS, LogStand, find, move_to, settle, shown
from ollama_top.tui.prompt import Prompt, Purpose
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.page import Page
from ollama_top.tui.screens.sheet import LiveSheet, Parts
from ollama_top.tui.screens.typist import Typist
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View
from ollama_top.tui.widgets.panel import LinePanel


class LogScreen(Typist[LogStand], LiveSheet[None], inherit_bindings=False):
    """A title, the lines, and the keys."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(LOG_KEYS)
    NEXT_KEYS = frozenset({"f3", "up"})  # the newest line stands at the end

    def __init__(self, view: View, theme: Theme, stand: LogStand) -> None:
        super().__init__(view, theme)
        self.stand = stand

    def parts(self, width: int, height: int) -> Parts:  # noqa: ARG002 - as `_room` tells
        """The lines of the Frame that are in view."""
        view, room_lines = self._view, self._room()
        self.stand = settle(self.stand, self._lines(), room_lines)
        lines = body(view, self.stand, (width, room_lines))
        return Parts(head(view, self.stand, width), lines, [foot(self.stand, width)])

    def _room(self) -> int:
        return max(1, self.app.size.height - 2)

    def _lines(self) -> "list[LogLine]":
        return list(shown(log_of(self._view), self.stand))

    def _look(self, **changes: Any) -> None:  # noqa: ANN401 - fields of LogStand
        self.stand = replace(self.stand, **changes)
        self.redraw()

    def _go(self, index: int) -> None:
        self.stand = move_to(self.stand, self._lines(), index)
        self.redraw()

    # moving

    def action_move(self, by: int) -> None:
        """Move the cursor by lines; the first step from following takes up the newest line."""
        self._go(self.stand.index + (0 if self.stand.is_following and by == -1 else by))

    def action_page(self, by: int) -> None:
        """Move the cursor by pages."""
        self._go(self.stand.index + by * max(1, self._room() - 1))

    def action_top(self) -> None:
        """Move to the oldest line."""
        self._go(0)

    def action_bottom(self) -> None:
        """Move to the newest line, and stay with it."""
        self._look(is_following=True)

    def action_follow(self) -> None:
        """Stay with the newest line, or hold the lines in view."""
        if self.stand.is_following:
            self._go(self.stand.index)
        else:
            self.action_bottom()

    def on_line_panel_wheeled(self, event: LinePanel.Wheeled) -> None:
        """Move with the wheel."""
        self.action_move(3 * event.steps)

    def on_line_panel_clicked(self, event: LinePanel.Clicked) -> None:
        """Take up the line under the pointer."""
        if event.panel == "body":
            self._go(self.stand.offset + event.line)

    # what is shown

    def action_level(self) -> None:
        """Show all lines, then those from warnings on, then errors alone."""
        self._look(level=LEVELS[(LEVELS.index(self.stand.level) + 1) % len(LEVELS)])

    def action_kind(self, by: int) -> None:
        """Show one kind of lines alone, and the next, and all."""
        self._look(kind=KINDS[(KINDS.index(self.stand.kind) + by) % len(KINDS)])

    def action_clear(self) -> None:
        """Show all lines; go back where all are shown."""
        if self.stand.filter or self.stand.kind is not None or self.stand.level is not LEVELS[0]:
            self._look(filter="", kind=None, level=LEVELS[0])
        else:
            self.action_close()

    def action_whole(self) -> None:
        """Open the line under the cursor in full."""
        lines = self._lines()
        if lines:
            line = lines[self.stand.index]
            title, told = f"Line {line.number}", lambda _, width: whole_line(line, width)
            page = Page(title, told, self._view, self._theme)
            self.app.push_screen(page, lambda _: self.redraw())

    # search and filter

    def action_search(self) -> None:
        """Begin to type what to look for."""
        self._look(prompt=Prompt(Purpose.SEARCH, self.stand))

    def action_filter(self) -> None:
        """Begin to type what lines must contain."""
        self._look(prompt=Prompt(Purpose.FILTER, self.stand, self.stand.filter))

    def action_search_again(self) -> None:
        """Go on to the next line up that the last search finds."""
        self._search(self.stand.searched, self.stand.index - 1)

    def _search(self, text: str, start: int) -> None:
        found = find(self._lines(), text, start) if text else None
        if found is not None:
            self._go(found)

    @property
    def typing(self) -> Prompt[LogStand] | None:
        """What is being typed, if anything is."""
        return self.stand.prompt

    def end_typing(self) -> None:
        """Stay at what was found."""
        self._look(prompt=None)

    def search_on(self, text: str) -> None:
        """Go to the find before."""
        self._search(text, self.stand.index - 1)

    def give_up_typing(self, prompt: Prompt[LogStand]) -> None:
        """Take back what was typed: the lines stand as before, without a filter where that was typed."""
        before = replace(prompt.before, filter="") if prompt.purpose is Purpose.FILTER else prompt.before
        self.stand = replace(before, prompt=None)
        self.redraw()

    def follow_typing(self, prompt: Prompt[LogStand]) -> None:
        """Let the lines follow what was typed so far."""
        if prompt.purpose is Purpose.FILTER:
            self._look(prompt=prompt, filter=prompt.text)
        else:
            self._look(prompt=prompt, searched=prompt.text)
            self._search(prompt.text, self.stand.index)

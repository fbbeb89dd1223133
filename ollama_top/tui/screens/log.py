"""The log over the main screen; it goes on while it is open, and stands still while the monitor is paused.

Must never read a log: its lines are those of the Frame.
"""

from dataclasses import replace
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from ollama_top.model.log import LogLine
from ollama_top.tui.draw.log import body, foot, head, log_of, whole_line
from ollama_top.tui.log_keys import LOG_KEYS
from ollama_top.tui.logstand import KINDS, LEVELS, LogStand, find, move_to, settle, shown
from ollama_top.tui.prompt import Prompt, Purpose
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.page import Page
from ollama_top.tui.screens.showing import Showing
from ollama_top.tui.screens.typist import Typist
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View
from ollama_top.tui.widgets.panel import LinePanel


class LogScreen(Typist[LogStand], Showing[None], inherit_bindings=False):
    """A title, the lines, and the keys."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(LOG_KEYS)
    AUTO_FOCUS = ""
    DEFAULT_CSS = "LogScreen { overflow: hidden; }"
    NEXT_KEYS = frozenset({"f3", "up"})  # the newest line stands at the end

    def __init__(self, view: View, theme: Theme, stand: LogStand) -> None:
        super().__init__()
        self.stand = stand
        self._view = view
        self._theme = theme
        self._head, self._body, self._foot = (LinePanel(name) for name in ("head", "body", "foot"))

    def compose(self) -> ComposeResult:
        """Title, lines and keys."""
        yield from (self._head, self._body, self._foot)

    def show(self, view: View, theme: Theme) -> None:
        """Draw another state of things."""
        self._view, self._theme = view, theme
        width, height = self.app.size
        if not self.app.size:
            return
        room = self._room()
        self.stand = settle(self.stand, self._lines(), room)
        self._head.show([head(view, self.stand, width)], theme, 1 if height > 1 else 0)
        self._body.show(body(view, self.stand, (width, room)), theme, room)
        self._foot.show([foot(self.stand, width)], theme, 1 if height > 2 else 0)

    def on_mount(self) -> None:
        """Draw before the first paint."""
        self.show(self._view, self._theme)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.show(self._view, self._theme)

    def _room(self) -> int:
        return max(1, self.app.size.height - 2)

    def _lines(self) -> "list[LogLine]":
        return list(shown(log_of(self._view), self.stand))

    def _look(self, **changes: Any) -> None:  # noqa: ANN401 - fields of LogStand
        self.stand = replace(self.stand, **changes)
        self.show(self._view, self._theme)

    def _go(self, index: int) -> None:
        self.stand = move_to(self.stand, self._lines(), index)
        self.show(self._view, self._theme)

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
            self.app.push_screen(page, lambda _: self.show(self._view, self._theme))

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

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
        self.show(self._view, self._theme)

    def follow_typing(self, prompt: Prompt[LogStand]) -> None:
        """Let the lines follow what was typed so far."""
        if prompt.purpose is Purpose.FILTER:
            self._look(prompt=prompt, filter=prompt.text)
        else:
            self._look(prompt=prompt, searched=prompt.text)
            self._search(prompt.text, self.stand.index)

"""A burst on the screen while another process sends it: a lane for each request, then what it means.

Must never send anything itself: leaving ends that process, which closes every request at once.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from ollama_top.burst.events import Event, Parted
from ollama_top.columns.cell import Cell, Role
from ollama_top.tui.burst_keys import BURST_KEYS
from ollama_top.tui.burst_process import BurstProcess
from ollama_top.tui.burststand import BurstStand, follow
from ollama_top.tui.draw.burst import body, title
from ollama_top.tui.draw.fit import fit_line
from ollama_top.tui.draw.footer import key_line
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.showing import Showing
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View
from ollama_top.tui.widgets.panel import LinePanel

Ask = Callable[[Callable[[], None]], None]
"""Calls what it is given, once the user has agreed or where there is nothing to agree to."""


class BurstScreen(Showing[None], inherit_bindings=False):
    """A title, the chart with its words, and the keys."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(BURST_KEYS)
    AUTO_FOCUS = ""
    DEFAULT_CSS = "BurstScreen { overflow: hidden; }"

    class Told(Message):
        """The process that measures has told something."""

        def __init__(self, event: Event) -> None:
            self.event = event
            super().__init__()

    def __init__(
        self, command: Sequence[str], ask: Ask, notice: Callable[[str], object], view: View, theme: Theme
    ) -> None:
        """`command` is what measures, word by word; `ask` has the user agree to sending it once more.

        `notice` tells the user what a burst left changed that was cancelled, from any thread.
        """
        super().__init__()
        self.stand = BurstStand()
        self._command = command
        self._ask = ask
        self._notice = notice
        self._view = view
        self._theme = theme
        self._offset = 0
        self._process: BurstProcess | None = None
        self._head, self._body, self._foot = (LinePanel(name) for name in ("head", "body", "foot"))

    def compose(self) -> ComposeResult:
        """Title, chart and keys."""
        yield from (self._head, self._body, self._foot)

    def show(self, view: View, theme: Theme) -> None:
        """Draw another state of things."""
        self._view, self._theme = view, theme
        width, height = self.app.size
        if not self.app.size:
            return
        room = max(1, height - 2)
        lines = body(self.stand, width)
        self._offset = max(0, min(self._offset, len(lines) - room))
        seen = lines[self._offset : self._offset + room]
        more = f"  {self._offset + len(seen)}/{len(lines)}" if len(lines) > room else ""
        head = [Cell(f" {title(self.stand)}{more}", Role.HEADER_FOCUSED)]
        self._head.show([fit_line(head, width, Role.HEADER_FOCUSED)], theme, 1 if height > 1 else 0)
        self._body.show(seen, theme, room)
        self._foot.show([key_line(BURST_KEYS, width)], theme, 1 if height > 2 else 0)

    def on_mount(self) -> None:
        """Draw, and begin."""
        self._begin()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.show(self._view, self._theme)

    def on_unmount(self) -> None:
        """Leave nothing behind."""
        if self._process is not None:
            self._process.end()

    def _begin(self) -> None:
        self.stand = BurstStand()
        if self._process is not None:
            self._process.end()
        self._process = BurstProcess(self._command, self._hear)
        self._process.start()
        self.show(self._view, self._theme)

    def _hear(self, event: Event) -> None:
        """Called from a thread; this screen may be gone when a cancelled burst tells what it left."""
        if isinstance(event, Parted) and event.notes:
            self._notice(f"Cancelled: {' '.join(event.notes)}")
        self.post_message(self.Told(event))

    def on_burst_screen_told(self, message: Told) -> None:
        """Draw what was told."""
        self.stand = follow(self.stand, message.event)
        self.show(self._view, self._theme)

    def action_again(self) -> None:
        """Send the same once more, if the user agrees to what has to be agreed to by now."""
        if self.stand.is_over:
            self._ask(self._begin)

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self._offset += by
        self.show(self._view, self._theme)

    def on_line_panel_wheeled(self, event: LinePanel.Wheeled) -> None:
        """Scroll with the wheel."""
        self.action_scroll(3 * event.steps)

    def action_close(self) -> None:
        """Go back; what goes on is ended."""
        self.dismiss(None)

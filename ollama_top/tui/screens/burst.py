"""A burst on the screen while another process sends it: a lane for each request, then what it means.

Must never send anything itself: leaving ends that process, which closes every request at once.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from ollama_top.burst.events import Event, Parted
from ollama_top.tui.burst_keys import BURST_KEYS
from ollama_top.tui.burst_process import BurstProcess
from ollama_top.tui.burststand import BurstStand, follow
from ollama_top.tui.draw.burst import body, title
from ollama_top.tui.draw.footer import key_line
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.sheet import LiveSheet, Parts, room, scrolled, titled
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View
from ollama_top.tui.widgets.panel import LinePanel

Ask = Callable[[Callable[[], None]], None]
"""Calls what it is given, once the user has agreed or where there is nothing to agree to."""


class BurstScreen(LiveSheet[None], inherit_bindings=False):
    """A title, the chart with its words, and the keys."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(BURST_KEYS)

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
        super().__init__(view, theme)
        self.stand = BurstStand()
        self._command = command
        self._ask = ask
        self._notice = notice
        self._offset = 0
        self._process: BurstProcess | None = None

    def parts(self, width: int, height: int) -> Parts:
        """The chart so far, and its words."""
        foot = [key_line(BURST_KEYS, width)]
        self._offset, seen, more = scrolled(body(self.stand, width), self._offset, room(height, foot))
        return Parts(titled(f"{title(self.stand)}{more}", width), seen, foot)

    def on_mount(self) -> None:
        """Draw, and begin."""
        self._begin()

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
        self.redraw()

    def _hear(self, event: Event) -> None:
        """Called from a thread; this screen may be gone when a cancelled burst tells what it left."""
        if isinstance(event, Parted) and event.notes:
            self._notice(f"Cancelled: {' '.join(event.notes)}")
        self.post_message(self.Told(event))

    def on_burst_screen_told(self, message: Told) -> None:
        """Draw what was told."""
        self.stand = follow(self.stand, message.event)
        self.redraw()

    def action_again(self) -> None:
        """Send the same once more, if the user agrees to what has to be agreed to by now."""
        if self.stand.is_over:
            self._ask(self._begin)

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self._offset += by
        self.redraw()

    def on_line_panel_wheeled(self, event: LinePanel.Wheeled) -> None:
        """Scroll with the wheel."""
        self.action_scroll(3 * event.steps)

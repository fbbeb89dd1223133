"""The app's side of the terminal: its answers, its size, its title, and keys before Frames.

Must never know what is on the screen.
"""

from collections.abc import Callable
from functools import partial

from textual import events
from textual.app import App

from ollama_top.tui.line.driver import LineDriver
from ollama_top.tui.line.pace import Lane
from ollama_top.tui.screens.paced import Paced

KEY_FIRST_S = 0.03  # time for a key to be painted
KEY_TRIES = 10  # a key that has nothing painted is not waited for any longer


class TerminalApp(App[None], inherit_bindings=False):
    """An app whose screens are `Paced`; without a terminal, as in tests, it does nothing of this."""

    def __init__(self, *, ascii_only: bool) -> None:
        """`ascii_only` sends the terminal nothing else."""
        super().__init__(_driver(ascii_only=ascii_only), ansi_color=True)

    @property
    def _line(self) -> LineDriver | None:
        return self._driver if isinstance(self._driver, LineDriver) else None

    def _in_front(self) -> list[Paced[object]]:
        """The screen in front; none while the app closes."""
        return [screen for screen in self.screen_stack[-1:] if isinstance(screen, Paced)]

    def on_cursor_position(self, event: events.CursorPosition) -> None:
        """Send what waited for this answer."""
        if self._line is not None:
            self._line.pace.answer(event.x)
            for screen in self._in_front():
                screen.paint_on()

    def on_resize(self) -> None:
        """Take the size of the window for something that was asked for."""
        if self._line is not None:
            self._line.ask()
            for screen in self._in_front():
                screen.wait_to_settle()

    def after_keys(self, draw: Callable[[], None], tries: int = KEY_TRIES) -> None:
        """Draw what nobody has asked for; a little later where the answer to a key would wait for it."""
        if tries and self._line is not None and self._line.is_asked:
            self.set_timer(KEY_FIRST_S, partial(self.after_keys, draw, tries - 1))
        else:
            draw()

    def name_window(self, text: str) -> None:
        """Set the title of the terminal's window, where it has one, unless it is that or the line is busy."""
        if self._line is not None and not self._line.pace.wait_s(Lane.TOLD):
            self._line.set_title(text)

    def _set_pointer_shape(self, shape: str) -> None:
        """Leave the mouse pointer as it is: terminals without a window print what would change it."""


def _driver(*, ascii_only: bool) -> type[LineDriver]:
    if not ascii_only:
        return LineDriver
    from ollama_top.tui.line.ascii import AsciiDriver  # noqa: PLC0415 - few need it

    return AsciiDriver

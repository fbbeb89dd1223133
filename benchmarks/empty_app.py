"""The smallest Textual app that shows a word: what the toolkit itself costs."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Static


class EmptyApp(App[None]):
    """One word, and `q`."""

    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit", "Quit")]

    def compose(self) -> ComposeResult:
        """The word."""
        yield Static("empty")


if __name__ == "__main__":
    EmptyApp().run()

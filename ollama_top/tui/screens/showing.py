"""What all screens of the monitor have in common: they are drawn from a View, whenever it changes."""

from typing import TypeVar

from ollama_top.tui.screens.paced import Paced
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View

Answer = TypeVar("Answer")


class Showing(Paced[Answer], inherit_bindings=False):
    """A screen that the app shows every change to."""

    def show(self, view: View, theme: Theme) -> None:
        """Draw another state of things."""
        raise NotImplementedError

"""How far a sweep is, on standard error: one line, drawn anew in a terminal; else a line for each step."""

import os
import sys
from contextlib import suppress

from ollama_top.model.text import printable
from ollama_top.outputs import sweep as text
from ollama_top.sweep.session import Stage

CLEAR = "\r\x1b[K"
USUAL_WIDTH = 80


class Progress:
    """Draws; a terminal that is closed meanwhile is none of its business."""

    def __init__(self) -> None:
        self._is_live = sys.stderr is not None and sys.stderr.isatty()

    def show(self, stage: Stage) -> None:
        """Draw how far it is."""
        if self._is_live:
            width = _width() - 1  # a full line would wrap
            line = text.progress(
                printable(stage.label), printable(stage.doing), stage.share, stage.left_s, width
            )
            _write(f"{CLEAR}{line}")
        elif stage.is_done:
            line = text.progress(
                printable(stage.label), printable(stage.doing), stage.share, stage.left_s, 1000
            )
            _write(f"{line}\n")

    def clear(self) -> None:
        """Leave the line empty for what comes next."""
        if self._is_live:
            _write(CLEAR)


def _width() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or USUAL_WIDTH
    except OSError:
        return USUAL_WIDTH


def _write(words: str) -> None:
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(words)
            sys.stderr.flush()

"""How far a sweep is, on standard error: one line, drawn anew in a terminal; else a line for each step."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from ollama_top.model.text import printable
from ollama_top.outputs import sweep as text
from ollama_top.sweep.session import Stage

CLEAR = "\r\x1b[K"
USUAL_WIDTH, PLAIN_WIDTH = 80, 1000
EVERY_S = 1.0


class Progress:
    """Draws; a terminal that is closed meanwhile is none of its business."""

    def __init__(self) -> None:
        self._is_live = sys.stderr is not None and sys.stderr.isatty()
        self._stage: Stage | None = None
        self._at_s = 0.0

    def show(self, stage: Stage) -> None:
        """Draw how far it is."""
        self._stage, self._at_s = stage, time.monotonic()
        if self._is_live:
            _write(f"{CLEAR}{_line(stage, _width() - 1)}")  # a full line would wrap
        elif stage.is_done:
            _write(f"{_line(stage, PLAIN_WIDTH)}\n")

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Draw the time that is left anew as it passes, and nothing any more afterwards."""
        task = asyncio.create_task(self._go_on())
        try:
            yield
        finally:
            task.cancel()
            if self._is_live:
                _write(CLEAR)

    async def _go_on(self) -> None:
        while self._is_live:
            await asyncio.sleep(EVERY_S)
            if self._stage is not None:
                stage = later(self._stage, time.monotonic() - self._at_s)
                _write(f"{CLEAR}{_line(stage, _width() - 1)}")


def later(stage: Stage, seconds: float) -> Stage:
    """The same so many seconds later, if all goes as it was thought to. Pure."""
    left_s = max(0.0, stage.left_s - seconds)
    whole_s = stage.left_s / (1 - stage.share) if stage.share < 1 else 0.0
    return replace(stage, left_s=left_s, share=1 - left_s / whole_s if whole_s > 0 else stage.share)


def _line(stage: Stage, width: int) -> str:
    return text.progress(printable(stage.label), printable(stage.doing), stage.share, stage.left_s, width)


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

"""`ollama-top show`: Frames to standard output, without a screen.

Must never import Textual: it is for scripts and for small machines.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import TypeVar

from ollama_top.engine.feed import Feed
from ollama_top.metrics import of_frame
from ollama_top.model.frame import Frame
from ollama_top.model.text import printable
from ollama_top.outputs import document, plain

T = TypeVar("T")
BETWEEN_LOOKS_S = 0.5
PATIENCE_S = 32.0  # a single look waits for a slow server: three questions in turn, each given 10 s

Printer = Callable[[Frame], None]


class NotWrittenError(Exception):
    """Standard output takes no more, and not because its reader went away; the text says why."""


class NothingReadError(Exception):
    """Not even a Frame could be made; the text says why."""


def once(make_feed: Callable[[float, float], Feed], printer: Printer) -> None:
    """Print one Frame, made of two looks so that rates are known; raises NothingReadError."""

    async def look() -> Frame:
        feed = make_feed(BETWEEN_LOOKS_S, PATIENCE_S)
        async with aclosing(feed.frames()) as frames:
            await anext(frames)
            return await anext(frames)

    printer(run(look))


def watch(make_feed: Callable[[], Feed], printer: Printer) -> None:
    """Print every Frame until interrupted; raises NothingReadError."""

    async def look() -> None:
        async with aclosing(make_feed().frames()) as frames:
            async for frame in frames:
                printer(frame)

    run(look)


def json_printer(*, watch: bool) -> Printer:
    """Prints one document: indented for a reader, on one line for a stream."""
    return lambda frame: write(document.dump(frame, indent=None if watch else 2))


def plain_printer(*, watch: bool) -> Printer:
    """Prints plain text; Frames of a stream are set apart by an empty line."""
    return lambda frame: write(plain.text(frame) + ("\n" if watch else ""))


def prometheus_printer(frame: Frame) -> None:
    """Prints the text that Prometheus reads; no character in it can steer a terminal."""
    write("\n".join(map(printable, of_frame.text_of(frame).removesuffix("\n").split("\n"))))


def write(text: str) -> None:
    """Print at once; what the terminal's encoding lacks is spelt out. Raises NotWrittenError."""
    if sys.stdout is None:
        raise NotWrittenError("the output cannot be written: there is no standard output")
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    printed = text.encode(encoding, "backslashreplace").decode(encoding)
    try:
        print(printed, flush=True)  # noqa: T201 - standard output is this command's product
    except BrokenPipeError:
        raise
    except OSError as error:
        raise NotWrittenError(f"the output cannot be written: {error.strerror}") from None


def run(look: Callable[[], Coroutine[None, None, T]]) -> T:
    """Carry a look out; raises NothingReadError where the machine tells nothing."""
    try:
        return asyncio.run(look())
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise NothingReadError(str(error)) from None

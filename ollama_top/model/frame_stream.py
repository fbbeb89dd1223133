"""A stream of Frames as lines of printable ASCII: one whole, then what changed in each. Pure.

Over a pipe: `FrameWriter().line(frame)` for each Frame, and `FrameReader().read(line)` at the other end,
which may be of another version. In a file, `FrameWriter.whole` begins anew, so that reading can begin there,
and `FrameReader.skip` goes on without making values of what is only passed by.
"""

import json
from collections.abc import Callable, Mapping
from typing import TypeVar

from ollama_top.model.difference import DifferenceError, Plain, applied, difference
from ollama_top.model.frame import Frame
from ollama_top.model.packed import PackedError, Unpacker, layout, pack

T = TypeVar("T")
FORMAT = "ollama-top-frames/1"
"""Name and version. Another number is another way to write; fields that come or go need none."""


class FrameStreamError(Exception):
    """A line that cannot be read: broken, out of its order, or of another format; the text says which."""


class FrameWriter:
    """Writes Frames in the order of time; remembers the last one."""

    def __init__(self, settle: Callable[[Plain], Plain] | None = None) -> None:
        """Begin; the first Frame is written whole. `settle` may change what is packed."""
        self._settle = settle
        self._last: Plain = None

    def line(self, frame: Frame) -> bytes:
        """The next Frame, without a line's end: whole if it is the first, else what changed in it."""
        return self.whole(frame) if self._last is None else self.change(frame)

    def whole(self, frame: Frame) -> bytes:
        """The next Frame in whole, with what is needed to read it and all that follow."""
        self._last = self._packed(frame)
        return _text({"format": FORMAT, "layout": layout(Frame), "frame": self._last})

    def change(self, frame: Frame) -> bytes:
        """What changed since the Frame before."""
        packed = self._packed(frame)
        change = difference(self._last, packed)
        self._last = packed
        return _text({"change": change})

    def _packed(self, frame: Frame) -> Plain:
        packed = pack(frame)
        return packed if self._settle is None else self._settle(packed)


class FrameReader:
    """Reads what a FrameWriter wrote, line by line."""

    def __init__(self) -> None:
        """Begin; the first line must be a whole Frame."""
        self._unpacker = Unpacker({})
        self._layout: Plain = None
        self._last: Plain = None

    def read(self, line: bytes | str) -> Frame:
        """The Frame that a line brings; raises FrameStreamError."""
        self.skip(line)
        return self.frame()

    def skip(self, line: bytes | str) -> None:
        """Take in a line without making its Frame, which is quick; raises FrameStreamError."""
        try:
            said = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise FrameStreamError(f"no JSON: {error}") from error
        if not isinstance(said, dict):
            raise FrameStreamError("no line of Frames")
        if "frame" in said:
            self._begin(said)
        else:
            self._go_on(said)

    def frame(self) -> Frame:
        """The Frame of the last line; raises FrameStreamError."""
        if self._last is None:
            raise FrameStreamError("no Frame has come yet")
        try:
            return self._unpacker.unpack(Frame, self._last)
        except PackedError as error:
            raise FrameStreamError(str(error)) from error

    def part(self, name: str, kind: type[T]) -> T:
        """One field of the Frame of the last line, made alone; raises FrameStreamError."""
        if self._last is None:
            raise FrameStreamError("no Frame has come yet")
        try:
            return self._unpacker.unpack(kind, self._last[self._layout["Frame"].index(name)])
        except (PackedError, LookupError, ValueError, TypeError) as error:
            raise FrameStreamError(str(error)) from error

    def _begin(self, said: Mapping[str, Plain]) -> None:
        if said.get("format") != FORMAT:
            raise FrameStreamError(f"of another format than {FORMAT}: {str(said.get('format'))[:40]!r}")
        if said.get("layout") != self._layout:
            self._layout = said.get("layout")
            self._unpacker = Unpacker(self._layout)
        self._last = said["frame"]

    def _go_on(self, said: Mapping[str, Plain]) -> None:
        if "change" not in said or self._last is None:
            raise FrameStreamError("a change of a Frame that did not come")
        try:
            self._last = applied(self._last, said["change"])
        except DifferenceError as error:
            raise FrameStreamError(str(error)) from error


def _text(said: Plain) -> bytes:
    text = json.dumps(said, ensure_ascii=True, separators=(",", ":"))
    return text.replace("\x7f", "\\u007f").encode("ascii")  # a control character that JSON need not escape

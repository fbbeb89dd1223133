"""The content of a message, freed from its transfer coding as its bytes come in."""

import re
from typing import Protocol

from ollama_top.proxy.wire.doubt import DoubtError

LONGEST_LINE = 16 * 1024
"""Bytes of one line of chunking, or of all trailer fields together; longer is a doubt."""

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n\0]*)?")
_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})\r\n")
_TRAILER = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*")


class Body(Protocol):
    """What is left of a message behind its head."""

    is_complete: bool

    def take(self, data: bytes, start: int) -> tuple[bytes, int]:
        """The content that stands in `data` from `start` on, and where the rest begins; raises DoubtError."""


class Sized:
    """A body whose length the head told; at least one byte."""

    __slots__ = ("is_complete", "left")

    def __init__(self, size: int) -> None:
        self.is_complete = False
        self.left = size

    def take(self, data: bytes, start: int) -> tuple[bytes, int]:
        """As of a Body."""
        end = start + self.left
        if end > len(data):
            self.left = end - len(data)
            return (data[start:] if start else data), len(data)
        self.is_complete = True
        return data[start:end], end


class UntilClose:
    """A body that ends with the connection."""

    __slots__ = ("is_complete",)

    def __init__(self) -> None:
        self.is_complete = False

    def take(self, data: bytes, start: int) -> tuple[bytes, int]:
        """As of a Body."""
        return (data[start:] if start else data), len(data)


class Chunked:
    """A body in chunks, each behind a line with its size; trailer fields may end it."""

    __slots__ = ("_in_trailer", "_left", "_line", "_trailer_size", "is_complete")

    def __init__(self) -> None:
        self.is_complete = False
        self._left = 0  # of the chunk, its end of line included; 0 where a line is awaited
        self._line = b""  # what is there of it
        self._in_trailer = False
        self._trailer_size = 0

    def take(self, data: bytes, start: int) -> tuple[bytes, int]:
        """As of a Body. One chunk, which comes alone as nearly all do, is read at once."""
        if not (self._left or self._line or self._in_trailer):
            found = _SIZE_LINE.match(data, start)
            if found is not None:
                begin = found.end()
                end = begin + int(found[1], 16)
                if begin < end == len(data) - 2 and data.endswith(b"\r\n"):
                    return data[begin:end], end + 2
        return self._take_pieces(data, start)

    def _take_pieces(self, data: bytes, start: int) -> tuple[bytes, int]:
        content: list[bytes] = []
        size = len(data)
        while start < size and not self.is_complete:
            start = self._take_chunk(data, start, content) if self._left else self._take_line(data, start)
        return (content[0] if len(content) == 1 else b"".join(content)), start

    def _take_chunk(self, data: bytes, start: int, content: list[bytes]) -> int:
        end = min(start + self._left, len(data))
        last = start + self._left - 2  # where the content ends
        if start < last:
            content.append(data[start:last] if last < end else data[start:end])
        begun = max(start, last)
        if begun < end and data[begun:end] != b"\r\n"[begun - last : end - last]:
            raise DoubtError("a chunk is longer than it says")
        self._left -= end - start
        return end

    def _take_line(self, data: bytes, start: int) -> int:
        end = data.find(b"\n", start)
        stop = len(data) if end < 0 else end + 1
        line = self._line + data[start:stop]
        if len(line) > LONGEST_LINE:
            raise DoubtError("a line of chunking is too long")
        if end < 0:
            self._line = line
            return stop
        self._line = b""
        if line[-2:] != b"\r\n":
            raise DoubtError("a line of chunking ends as none does")
        self._read_line(line[:-2])
        return stop

    def _read_line(self, line: bytes) -> None:
        if self._in_trailer:
            self._read_trailer(line)
            return
        found = _CHUNK.fullmatch(line)
        if found is None:
            raise DoubtError("the size of a chunk is no number")
        chunk_size = int(found[1], 16)
        if chunk_size:
            self._left = chunk_size + 2
        else:
            self._in_trailer = True

    def _read_trailer(self, line: bytes) -> None:
        if not line:
            self.is_complete = True
            return
        self._trailer_size += len(line)
        if self._trailer_size > LONGEST_LINE or _TRAILER.fullmatch(line) is None:
            raise DoubtError("a line behind the last chunk is no field")

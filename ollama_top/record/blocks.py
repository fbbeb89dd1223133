"""What a recording is made of: one block a Frame, each with its length and its checksum. Pure.

A block that begins a segment holds its Frame in whole; the others go on from the one before. The blocks of a
segment are one stream of zlib, flushed after each: to read one, read its segment from the beginning.
"""

import struct
import zlib
from array import array
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from ollama_top.model.verdict import Severity

MAGIC = b"ollama-top recording 1\n"
"""How every recording begins. Another number is another way to make blocks; Frames have their own."""
HEAD = struct.Struct(">BIQ")  # flags, length of the content, time in milliseconds since 1970
CHECK = struct.Struct(">I")
BEFORE = HEAD.size + CHECK.size
WHOLE = 0x80  # the flag of a block that begins a segment; the other bits are the severity
SEVERITIES = tuple(Severity)
END_OF_FLUSH = b"\x00\x00\xff\xff"  # of every flushed piece: not kept
LONGEST = 8 << 20  # of a content, and of what it inflates to: whoever sends a recording may mean ill
LATEST_MS = 253_370_764_800_000  # the year 9999 begins, with which no other zone can reckon


class Block(NamedTuple):
    """Where a block lies, and what its head says."""

    begin: int
    end: int
    is_whole: bool
    at_ms: int
    severity: Severity


def block(content: bytes, at_ms: int, severity: Severity, *, is_whole: bool) -> bytes:
    """A block as it is written."""
    flags = SEVERITIES.index(severity) | (WHOLE if is_whole else 0)
    head = HEAD.pack(flags, len(content), at_ms)
    return head + CHECK.pack(zlib.crc32(content, zlib.crc32(head))) + content


def blocks(file: BinaryIO) -> Iterator[Block]:
    """The whole blocks of a recording in their order, up to the first that is broken or cut off."""
    at = file.seek(len(MAGIC))
    while len(head := file.read(BEFORE)) == BEFORE:
        flags, length, at_ms = HEAD.unpack_from(head)
        (check,) = CHECK.unpack_from(head, HEAD.size)
        content = file.read(length) if length <= LONGEST else b""
        is_cut = len(content) != length or flags & ~WHOLE >= len(SEVERITIES)
        if is_cut or at_ms >= LATEST_MS or zlib.crc32(content, zlib.crc32(head[: HEAD.size])) != check:
            return
        end = at + BEFORE + length
        yield Block(at, end, bool(flags & WHOLE), at_ms, SEVERITIES[flags & ~WHOLE])
        at = end


class Index:
    """Where every Frame of a recording is, in a few bytes each."""

    def __init__(self, file: BinaryIO) -> None:
        """Read the file; a block before the first whole one cannot be read, and is left out."""
        self.begins = array("Q")
        self.times_ms = array("Q")
        self.severities = bytearray()
        self.segments = array("Q")  # the numbers of the Frames that begin one
        self.end = len(MAGIC)  # of the last whole block
        for each in blocks(file):
            self.end = each.end
            if each.is_whole:
                self.segments.append(len(self.begins))
            if self.segments:
                self._add(each)

    def _add(self, each: Block) -> None:
        self.begins.append(each.begin)
        self.times_ms.append(each.at_ms)
        self.severities.append(SEVERITIES.index(each.severity))

    def __len__(self) -> int:
        return len(self.begins)

    def place(self, number: int) -> tuple[int, int]:
        """Where the content of a Frame's block begins, and its length."""
        begin = self.begins[number] + BEFORE
        return begin, (self.begins[number + 1] if number + 1 < len(self) else self.end) - begin


class Deflater:
    """Makes the contents of one segment."""

    def __init__(self) -> None:
        """Begin a segment."""
        self._stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9)

    def content(self, line: bytes) -> bytes:
        """The content of the next block."""
        piece = self._stream.compress(line) + self._stream.flush(zlib.Z_SYNC_FLUSH)
        return piece.removesuffix(END_OF_FLUSH)


class Inflater:
    """Reads the contents of one segment."""

    def __init__(self) -> None:
        """Begin at a block that holds a whole Frame."""
        self._stream = zlib.decompressobj(-zlib.MAX_WBITS)

    def line(self, content: bytes) -> bytes:
        """What the next block holds; raises zlib.error."""
        return self._stream.decompress(content + END_OF_FLUSH, LONGEST)

"""Follows a log that is a file, through rotation and truncation.

Must never read a pipe by name: what is read from it would be lost to the one it is meant for.
"""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from ollama_top.model.reading import Why
from ollama_top.sources.logs.follower import (
    MOST_A_LOOK_BYTES,
    MOST_LINE_BYTES,
    TAIL_BYTES,
    LineCutter,
    UnreadableError,
    Wrote,
)

MARK_BYTES = 64  # compared at each look: other bytes there mean that the file was written anew


class FileFollower:
    """Follows the file that a path leads to, whichever that is at the time."""

    def __init__(self, path: Path) -> None:
        """Prepare; nothing is opened before the first `read`."""
        self.path = path
        self._file: BinaryIO | None = None
        self._offset = 0
        self._mark = b""
        self._cutter = LineCutter()

    def read(self) -> list[Wrote]:
        """The lines since the last call; costs two questions to the kernel when there are none."""
        found: list[Wrote] = []
        if self._file is not None and not _is_same(self._file, self.path):
            found += self._appended()  # what came before the file was put aside
            self.close()
        if self._file is None:
            self._open()
        return found + self._appended()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def _open(self) -> None:
        """Open the file; of one that is met first only the tail counts, of one put in its place all."""
        if not stat.S_ISREG(self.path.stat().st_mode):
            raise UnreadableError(Why.ABSENT, f"{self.path} is no file")
        is_first = not self._mark and not self._offset
        self._file = self.path.open("rb", buffering=0)
        self._cutter, self._mark, self._offset = LineCutter(), b"", 0
        size = os.fstat(self._file.fileno()).st_size
        if is_first or size > MOST_A_LOOK_BYTES:
            self._skip_to_tail(size)

    def _skip_to_tail(self, size: int) -> None:
        """Go on at the first line that begins within the tail."""
        self._offset = max(0, size - TAIL_BYTES)
        if self._offset:
            piece = self._read_at(self._offset - 1, MOST_LINE_BYTES)
            self._offset += piece.find(b"\n") if b"\n" in piece else 0

    def _appended(self) -> list[Wrote]:
        if self._file is None:
            return []
        size = os.fstat(self._file.fileno()).st_size
        if size < self._offset or (size > self._offset and not self._goes_on()):
            self._offset, self._mark, self._cutter = 0, b"", LineCutter()
            if size > MOST_A_LOOK_BYTES:
                self._skip_to_tail(size)
        unread = self._catch_up(size)
        piece = self._read_at(self._offset, size - self._offset)
        self._offset += len(piece)
        self._mark = (self._mark + piece)[-MARK_BYTES:] if piece else self._mark
        return [*unread, *map(Wrote, self._cutter.feed(piece))]

    def _goes_on(self) -> bool:
        """Whether what lies before the new bytes is what was read: the file may have been written anew."""
        length = len(self._mark)
        return self._read_at(self._offset - length, length) == self._mark

    def _catch_up(self, size: int) -> list[Wrote]:
        """Leave out what a log that grows too fast is ahead, and say so."""
        begin = self._offset
        if size - begin <= MOST_A_LOOK_BYTES:
            return []
        self._skip_to_tail(size)
        self._cutter, self._mark = LineCutter(), b""
        return [Wrote(f"(ollama-top left {self._offset - begin} bytes of the log unread)", is_service=True)]

    def _read_at(self, offset: int, length: int) -> bytes:
        if self._file is None or length <= 0:
            return b""
        return os.pread(self._file.fileno(), length, offset)


def _is_same(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return True  # put aside, and nothing in its place yet

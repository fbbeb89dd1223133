"""The file of a recording: who may open it, and how its beginning is left out.

Must never take a file that is something else, or somebody else's; nobody but its user can read what is made.
"""

import fcntl
import os
import stat
import tempfile
from bisect import bisect_left
from contextlib import suppress
from pathlib import Path

from ollama_top.engine.feed import FeedError
from ollama_top.record.blocks import MAGIC, Index

OWN = 0o600  # for its user alone
COPIED = 1 << 20  # bytes at once


class RecordingError(FeedError):
    """A recording that cannot be begun, read, or gone on with; the text says why."""


class Stock:
    """The segments that a recording holds."""

    def __init__(self, index: Index) -> None:
        """As it was found."""
        self.begins = [index.begins[each] for each in index.segments]
        self.times_s = [index.times_ms[each] / 1000 for each in index.segments]
        self.size = index.end

    def begin(self, at_s: float) -> None:
        """Note a segment that begins at the end."""
        self.begins.append(self.size)
        self.times_s.append(at_s)

    def leave_out(self, count: int) -> None:
        """Forget the oldest segments, whose bytes are gone."""
        gone = self.begins[count] - len(MAGIC)
        self.begins = [each - gone for each in self.begins[count:]]
        self.times_s = self.times_s[count:]
        self.size -= gone

    def before_byte(self, place: int) -> int:
        """How many segments end before a place; one is left."""
        return min(bisect_left(self.begins, place), len(self.begins) - 1)

    def before_time(self, at_s: float) -> int:
        """How many segments at the beginning are over at a moment; one is left."""
        later = [at for at, began_s in enumerate(self.times_s) if began_s >= at_s]
        return max(0, (later[0] if later else len(self.times_s)) - 1)


def opened(path: Path) -> int:
    """A descriptor of a new file, or of a recording of this user's; raises RecordingError."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK  # a pipe would wait for its reader
    try:
        file = os.open(path, flags | os.O_CREAT, OWN)
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror or error}") from None
    try:
        _check(file, path)
    except OSError as error:
        os.close(file)
        raise RecordingError(f"{path}: {error.strerror or error}") from None
    except RecordingError:
        os.close(file)
        raise
    return file


def _check(file: int, path: Path) -> None:
    found = os.fstat(file)
    if not stat.S_ISREG(found.st_mode):
        raise RecordingError(f"{path}: is no file")
    if found.st_uid != os.geteuid():
        raise RecordingError(f"{path}: belongs to somebody else")
    if os.pread(file, len(MAGIC), 0) not in {MAGIC, b""}:
        raise RecordingError(f"{path}: is there, and is no recording; nothing was written")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise RecordingError(f"{path}: another ollama-top is recording there") from None
    os.fchmod(file, OWN)


def taken_stock(file: int, path: Path) -> tuple[Stock, int]:
    """What the file holds, cut after its last whole block, and how many bytes went; raises RecordingError."""
    try:
        if os.fstat(file).st_size == 0:
            write_all(file, MAGIC)
        with open(file, "rb", closefd=False) as reader:
            index = Index(reader)
        cut_bytes = os.fstat(file).st_size - index.end
        os.ftruncate(file, index.end)
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror or error}") from None
    return Stock(index), cut_bytes


def write_all(file: int, data: bytes) -> None:
    """Write at the end; what could be written only in part is taken away again, as on a full disk."""
    size = os.fstat(file).st_size
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(file, left) :]
    except OSError:
        os.ftruncate(file, size)
        raise


def without_begin(file: int, path: Path, begin: int) -> int:
    """The recording without what lies before `begin`: a new file in the old one's place. Raises OSError."""
    if not _is_there(file, path):
        raise RecordingError(f"{path}: was moved or replaced; what was recorded is where it went")
    made, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        fcntl.flock(made, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.fcntl(made, fcntl.F_SETFL, fcntl.fcntl(made, fcntl.F_GETFL) | os.O_APPEND)
        write_all(made, MAGIC)
        while piece := os.pread(file, COPIED, begin):
            write_all(made, piece)
            begin += len(piece)
        Path(name).replace(path)
    except OSError:
        os.close(made)
        with suppress(OSError):
            Path(name).unlink()
        raise
    os.close(file)
    return made


def _is_there(file: int, path: Path) -> bool:
    """Whether the path still leads to the open file."""
    try:
        return os.path.samestat(os.fstat(file), os.stat(path))  # noqa: PTH116 - beside that of a descriptor
    except OSError:
        return False

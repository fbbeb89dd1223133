"""A recording that is being written: Frames go in at the end, and the oldest go when there are too many.

Must never write over a file that is not a recording of this user's, and never leave one that cannot be read
to its last whole Frame: blocks are only added, and an older part is left out by writing another file.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from ollama_top.model.frame import Frame
from ollama_top.model.frame_stream import FrameWriter
from ollama_top.record import files
from ollama_top.record.blocks import Deflater, block
from ollama_top.record.files import RecordingError
from ollama_top.record.trim import settled, trimmed

SEGMENT = 300  # Frames; to show one, those before it in its segment are read
LEFT_PERCENT = 80  # of the most bytes, after the oldest went
WORTH_PERCENT = 12  # of a recording that must have grown too old before it is written anew


@dataclass(frozen=True, slots=True)
class Limits:
    """What a recording may grow to."""

    most_bytes: int = 64 << 20
    most_age_s: float = 7 * 86_400.0


@dataclass(slots=True)
class _Segment:
    """The blocks that begin with a whole Frame and go on from it."""

    began_s: float
    since_s: float | None  # the hour of its Frames goes back to here; None for as long as it is
    deflater: Deflater
    frames: int = 0


class Recording:
    """An open file; used from one thread at a time."""

    def __init__(self, path: Path, limits: Limits = Limits()) -> None:
        """Begin a file, or go on with a recording of this user's; raises RecordingError.

        What lies after its last whole Frame goes; `cut_bytes` tells how much that was.
        """
        self.path = path
        self._limits = limits
        self._writer = FrameWriter(settled)
        self._segment: _Segment | None = None  # None before the first Frame of this run
        self._file = files.opened(path)
        try:
            self._stock, self.cut_bytes = files.taken_stock(self._file, path)
        except RecordingError:
            self.close()
            raise

    def add(self, frame: Frame) -> None:
        """Write a Frame so that it outlives this process; raises RecordingError."""
        at_s = frame.snapshot.taken_at.timestamp()
        segment = self._segment
        try:
            if segment is None or segment.frames >= SEGMENT:
                self._make_room(at_s)
                began_s = segment.began_s if segment else None
                self._segment = segment = _Segment(at_s, began_s, Deflater())
                self._stock.begin(at_s)
            self._write(frame, at_s, segment)
        except OSError as error:
            raise RecordingError(f"{self.path}: {error.strerror or error}") from None

    def close(self) -> None:
        """Let the file go."""
        os.close(self._file)

    def _write(self, frame: Frame, at_s: float, segment: _Segment) -> None:
        kept = trimmed(frame, segment.since_s)
        is_whole = segment.frames == 0
        line = self._writer.whole(kept) if is_whole else self._writer.change(kept)
        content = segment.deflater.content(line)
        at_ms = max(0, round(at_s * 1000))
        written = block(content, at_ms, frame.verdict.severity, is_whole=is_whole)
        files.write_all(self._file, written)
        self._stock.size += len(written)
        segment.frames += 1

    def _make_room(self, now_s: float) -> None:
        """Leave the oldest segments out where the recording is too large, or much of it too old."""
        gone = self._too_many() or self._too_old(now_s)
        if gone:
            self._file = files.without_begin(self._file, self.path, self._stock.begins[gone])
            self._stock.leave_out(gone)

    def _too_many(self) -> int:
        if self._stock.size <= self._limits.most_bytes:
            return 0
        return self._stock.before_byte(self._stock.size - self._limits.most_bytes * LEFT_PERCENT // 100)

    def _too_old(self, now_s: float) -> int:
        gone = self._stock.before_time(now_s - self._limits.most_age_s)
        is_worth_it = gone and 100 * self._stock.begins[gone] >= WORTH_PERCENT * self._stock.size
        return gone if is_worth_it else 0

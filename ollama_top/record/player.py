"""A recording that is read: any of its Frames, by its number.

Must never change the file, and never take what is damaged for a Frame: it reads up to the last whole one.
"""

import os
import stat
import zlib
from bisect import bisect_right
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from weakref import finalize

from ollama_top.engine.hour import SPAN_S, within
from ollama_top.model.frame import Frame
from ollama_top.model.frame_stream import FrameReader, FrameStreamError
from ollama_top.model.hour import Hour
from ollama_top.model.verdict import Severity
from ollama_top.record.blocks import MAGIC, SEVERITIES, Index, Inflater
from ollama_top.record.files import RecordingError

SAMPLE = 100  # Frames, to tell the interval
MOST_SEGMENTS = 64  # looked into for the hour before a Frame


class Player:
    """A recording as it was when it was opened."""

    def __init__(self, path: Path) -> None:
        """Find all Frames; raises RecordingError."""
        self.path = path
        try:
            self._file = _opened(path)
            finalize(self, os.close, self._file)
            with open(self._file, "rb", closefd=False) as reader:
                self._index = Index(reader)
            self.lost_bytes = os.fstat(self._file).st_size - self._index.end
        except OSError as error:
            raise RecordingError(f"{path}: {error.strerror or error}") from None
        if not len(self._index):
            raise RecordingError(f"{path}: there is no whole Frame in it")
        self._reader, self._inflater = FrameReader(), Inflater()
        self._at = -1  # the number of the Frame that the reader stands at
        self._before: tuple[int, Hour] = (-1, Hour())  # the hour before a segment, by its place

    def __len__(self) -> int:
        return len(self._index)

    def time(self, number: int) -> datetime:
        """When a Frame was taken."""
        return datetime.fromtimestamp(self.at_s(number), UTC)

    def at_s(self, number: int) -> float:
        """When a Frame was taken, in seconds since 1970."""
        return self._index.times_ms[number] / 1000

    def severity(self, number: int) -> Severity:
        """How bad the verdict of a Frame is."""
        return SEVERITIES[self._index.severities[number]]

    def severities(self) -> bytes:
        """How bad the verdicts of all Frames are, by their place in `Severity`."""
        return bytes(self._index.severities)

    def interval_s(self) -> float:
        """How far Frames are apart, most of the time."""
        times_ms = self._index.times_ms[:SAMPLE]
        steps_s = sorted((later - earlier) / 1000 for earlier, later in pairwise(times_ms))
        return max(0.1, steps_s[len(steps_s) // 2]) if steps_s else 2.0

    def nearest(self, at_s: float) -> int:
        """The last Frame that was taken by a moment; the first where none was."""
        return max(0, bisect_right(self._index.times_ms, round(at_s * 1000)) - 1)

    def change_after(self, number: int) -> int | None:
        """The next Frame whose verdict is of another severity than that of the one before it."""
        severities = self._index.severities
        later = range(number + 1, len(self))
        return next((at for at in later if severities[at] != severities[at - 1]), None)

    def change_before(self, number: int) -> int | None:
        """The same, backwards."""
        severities = self._index.severities
        return next((at for at in range(number - 1, 0, -1) if severities[at] != severities[at - 1]), None)

    def frame(self, number: int) -> Frame:
        """A Frame; raises RecordingError."""
        try:
            self._go_to(number)
            frame = self._reader.frame()
            hour = self._hour_before(self._segment(number), frame.hour).and_then(frame.hour)
        except (FrameStreamError, zlib.error, OSError) as error:
            self._at = -1
            raise RecordingError(f"Frame {number + 1} cannot be read: {error} ({self.path})") from None
        return replace(frame, hour=within(hour, self.at_s(number)))

    def _segment(self, number: int) -> int:
        """Which segment a Frame is in."""
        return bisect_right(self._index.segments, number) - 1

    def _go_to(self, number: int) -> None:
        """Read on to a Frame: from where the reader stands, or from the beginning of the Frame's segment."""
        begin = self._index.segments[self._segment(number)]
        if not begin <= self._at <= number:
            self._inflater, self._at = Inflater(), begin - 1
        while self._at < number:
            self._at += 1
            self._reader.skip(self._inflater.line(self._content(self._at)))

    def _content(self, number: int) -> bytes:
        begin, length = self._index.place(number)
        return os.pread(self._file, length, begin)

    def _hour_before(self, segment: int, own: Hour) -> Hour:
        """The points that the Frames of a segment leave to the segments before it: all begin with theirs."""
        if self._before[0] != segment:
            first_s = next(iter(own.at_s), None) or self.at_s(self._index.segments[segment])
            self._before = segment, self._gathered(segment, first_s)
        return self._before[1]

    def _gathered(self, segment: int, first_s: float) -> Hour:
        since_s, found = first_s - SPAN_S, Hour()
        for place in range(segment - 1, max(-1, segment - 1 - MOST_SEGMENTS), -1):
            if first_s <= since_s:
                break
            hour = self._hour_at_begin_of(place)
            older = hour.part(0, hour.before(first_s))
            found = older.and_then(found)
            first_s = next(iter(older.at_s), None) or self.at_s(self._index.segments[place])
        return found

    def _hour_at_begin_of(self, segment: int) -> Hour:
        reader = FrameReader()
        reader.skip(Inflater().line(self._content(self._index.segments[segment])))
        return reader.part("hour", Hour)


def _opened(path: Path) -> int:
    """A descriptor of the file, if it is a recording; raises OSError and RecordingError."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe would wait for its writer
    if not stat.S_ISREG(os.fstat(file).st_mode) or os.pread(file, len(MAGIC), 0) != MAGIC:
        os.close(file)
        raise RecordingError(f"{path}: is no recording of ollama-top's")
    return file

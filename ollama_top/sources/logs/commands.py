"""Follows what a program prints, without ever waiting for it: journalctl, docker."""

import os
import select
import subprocess
import time
import weakref
from collections.abc import Sequence

from ollama_top.sources.logs.follower import MOST_A_LOOK_BYTES

FIRST_WAIT_S = 1.0  # for the tail that a program prints when it starts
QUIET_S = 0.15  # without a byte, after which the tail is taken to be whole
PIECE_BYTES = 1 << 16
MOST_COMPLAINT_BYTES = 4096
ENGLISH = {"LC_ALL": "C"}  # what it complains of is recognised by its words


class Command:
    """One run of a program; it is ended when this is closed, forgotten, or ollama-top ends."""

    def __init__(self, words: Sequence[str], *, merge: bool) -> None:
        """Start it; `merge` takes its errors for output. Raises OSError when there is no such program."""
        self._process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if merge else subprocess.PIPE,
            start_new_session=True,  # a key pressed in this terminal is not meant for it
            env=os.environ | ENGLISH,
        )
        self._pipes = [each for each in (self._process.stdout, self._process.stderr) if each is not None]
        for pipe in self._pipes:
            os.set_blocking(pipe.fileno(), False)
        self._end = weakref.finalize(self, _end, self._process)
        self._is_first = True
        self.complaint = b""

    @property
    def has_ended(self) -> bool:
        """Whether the program has ended by itself."""
        return self._process.poll() is not None

    def read(self) -> bytes:
        """What it has printed since the last call; the first call waits a moment for the tail."""
        deadline_s = time.monotonic() + (FIRST_WAIT_S if self._is_first else 0)
        self._is_first = False
        pieces = [self._drain()]
        while (left_s := deadline_s - time.monotonic()) > 0:
            patience_s = QUIET_S if any(pieces) or self.complaint else left_s
            if not select.select(self._pipes, [], [], min(patience_s, left_s))[0] or self.has_ended:
                break
            pieces.append(self._drain())
        pieces.append(self._drain())
        return b"".join(pieces)

    def close(self) -> None:
        """End it."""
        self._end()
        for pipe in self._pipes:
            pipe.close()

    def _drain(self) -> bytes:
        out, *errors = self._pipes
        for pipe in errors:
            self.complaint = (self.complaint + _available(pipe.fileno()))[-MOST_COMPLAINT_BYTES:]
        return _available(out.fileno())


def _available(descriptor: int) -> bytes:
    found = bytearray()
    while len(found) < MOST_A_LOOK_BYTES:
        try:
            piece = os.read(descriptor, PIECE_BYTES)
        except BlockingIOError:
            break
        if not piece:
            break
        found += piece
    return bytes(found)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()

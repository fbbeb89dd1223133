"""A program in a real pseudo-terminal, and what a user would see of it.

Must never outlive its test: leaving the block ends the program.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte

PATIENCE_S = 20.0
ROOT = Path(__file__).parents[1]
MODERN = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>?][0-9;]*[$up]+|\x1b\](?!2;)[0-9]+;[^\x07\x1b]*(?:\x07|\x1b\\)")
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-9;<>?$]*|\][^\x07\x1b]*)?\Z")


class Terminal:
    """One program, its terminal, every byte it sent, and the screen they make."""

    def __init__(
        self,
        arguments: Sequence[str],
        size: tuple[int, int] = (80, 24),
        variables: Mapping[str, str] = MODERN,
        *,
        answers: bool = True,
    ) -> None:
        width, height = size
        self.screen = pyte.Screen(width, height)
        self.sent = b""
        self.answers = answers
        self._unfinished = b""
        self._is_there = True
        self.status: int | None = None
        self._stream = pyte.ByteStream(self.screen)
        environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", **variables}
        master, slave = pty.openpty()
        self._resize(slave, width, height)
        self.before = termios.tcgetattr(slave)
        self.pid = _spawned([sys.executable, *arguments], {**os.environ, **environment}, os.ttyname(slave))
        self._slave = slave
        self._master = master
        self.screen.write_process_input = self.answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self._is_there:
            os.close(self._master)
            os.close(self._slave)

    @property
    def lines(self) -> list[str]:
        """What is on the screen, without trailing blanks."""
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.lines)

    def cells(self) -> list[list[Any]]:
        """Every cell of the screen with its colours and attributes."""
        return [
            [self.screen.buffer[y][x] for x in range(self.screen.columns)] for y in range(self.screen.lines)
        ]

    def attributes(self) -> list[Any]:
        """How the terminal treats what is typed."""
        return termios.tcgetattr(self._slave)

    def type(self, keys: str) -> None:
        """Send keys as a terminal sends them."""
        os.write(self._master, keys.encode())

    def answer(self, reply: str) -> None:
        """Answer a question of the program, as terminals do."""
        if self.answers:
            self.type(reply)

    def resize(self, width: int, height: int) -> None:
        """Change the size of the window."""
        self._resize(self._slave, width, height)
        self.screen.resize(height, width)
        os.kill(self.pid, signal.SIGWINCH)

    def pump(self, seconds: float) -> bytes:
        """Take in what comes within some time."""
        end_s, start = time.monotonic() + seconds, len(self.sent)
        while (left_s := end_s - time.monotonic()) > 0:
            self._take(left_s)
        return self.sent[start:]

    def until(self, holds: Callable[[], object]) -> None:
        """Take in what comes until something holds."""
        end_s = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < end_s, f"it never came about; the screen shows\n{self.text}"
            self._take(0.02)

    def until_still(self, seconds: float = 0.3) -> None:
        """Take in what comes until nothing has come for a while."""
        self.until(lambda: not self.pump(seconds))

    def unread(self) -> bytes:
        """What was typed and nobody has read: a shell would take it for its own."""
        os.set_blocking(self._slave, False)
        try:
            return os.read(self._slave, 1 << 10)
        except BlockingIOError:
            return b""

    def hang_up(self) -> None:
        """Take the terminal away, as the end of a connection does."""
        os.close(self._slave)
        os.close(self._master)
        self._is_there = False

    def ended(self) -> bool:
        """Whether the program is gone."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = os.waitstatus_to_exitcode(status) if pid else None
        return self.status is not None

    def _take(self, seconds: float) -> None:
        self._show(self._read(seconds))

    def _read(self, seconds: float) -> bytes:
        """What the program sends within some time, as soon as there is anything."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        return os.read(self._master, 1 << 16) if ready else b""

    def _show(self, chunk: bytes) -> None:
        """Put it on the screen; an unfinished sequence waits for its end."""
        self.sent += chunk
        whole = self._unfinished + chunk
        self._unfinished = found[0] if (found := _UNFINISHED.search(whole)) else b""
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", whole.removesuffix(self._unfinished)))

    @staticmethod
    def _resize(descriptor: int, width: int, height: int) -> None:
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))


def _spawned(words: Sequence[str], environment: Mapping[str, str], tty: str) -> int:
    """A process in a session of its own, whose terminal is the one that it opens first.

    Not forked: a fork of a process with several threads, as a test run in parallel is, may hang.
    """
    opened = (os.POSIX_SPAWN_OPEN, 0, tty, os.O_RDWR, 0)
    copied = [(os.POSIX_SPAWN_DUP2, 0, each) for each in (1, 2)]
    return os.posix_spawn(words[0], words, environment, file_actions=[opened, *copied], setsid=True)

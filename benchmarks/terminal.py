"""A program on a pseudo-terminal of its own that answers queries as a real terminal does.

Must never read the screen while the program draws: output is kept with its time and looked at
afterwards, so that measuring does not hold the program up.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Self

import pyte

WIDTH, HEIGHT = 120, 40
READ_BYTES = 1 << 16
POLL_S = 0.002
LEAVES_ALTERNATE_SCREEN = b"\x1b[?1049l"
KNOWN_MODES = {b"2026", b"2048"}  # synchronised output, resizes told in band
QUERY = re.compile(
    rb"\x1b\[(?:\?(?P<mode>\d+)\$p|(?P<in_band>\?2048h)|(?:1;(?P<column>\d+)H\x1b\[)?(?P<cursor>6n)|(?P<kind>0?c)|(?P<keys>\?u))"
)
UNFINISHED = re.compile(rb"(?:\x1b\[1;\d+H)?(?:\x1b(?:\[[?\d;]*\$?)?)?\Z")


class Terminal:
    """One program, from its start to the end of the `with` block, which kills what is left of it."""

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        """Start the program; nothing is read from it until it is served."""
        self.sent: list[tuple[float, bytes]] = []  # when, and what
        self.is_open = True
        self._exited = False
        self._unfinished = b""  # of a query
        self.began_s = perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            _become(argv, environment, folder)
        self._cooked = termios.tcgetattr(self._fd)
        os.set_blocking(self._fd, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.has_exited():
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._fd)

    def fileno(self) -> int:
        """The terminal's side of the pseudo-terminal."""
        return self._fd

    def press(self, key: str) -> None:
        """Type a key."""
        os.write(self._fd, key.encode())

    def is_restored(self) -> bool:
        """Whether the terminal is as it was: its own screen again, and typing in lines with echo."""
        end = b"".join(output for _, output in self.sent[-8:])
        return LEAVES_ALTERNATE_SCREEN in end and termios.tcgetattr(self._fd) == self._cooked

    def has_exited(self) -> bool:
        """Whether the program's process is gone."""
        self._exited = self._exited or bool(os.waitpid(self.pid, os.WNOHANG)[0])
        return self._exited

    def read(self) -> None:
        """Take what the program has sent, and answer what it asks of a terminal."""
        if output := self._take():
            self.sent.append((perf_counter(), output))
            asked = self._unfinished + output
            self._unfinished = found[0] if (found := UNFINISHED.search(asked)) else b""
            if reply := answers(asked.removesuffix(self._unfinished)):
                os.write(self._fd, reply)

    def _take(self) -> bytes:
        """All that can be read now; an error of input means that the program has closed its side."""
        pieces = []
        while self.is_open:
            try:
                pieces.append(os.read(self._fd, READ_BYTES))
            except BlockingIOError:
                break
            except OSError:
                self.is_open = False
        return b"".join(pieces)

    def shown_after_s(self, is_shown: Callable[[pyte.Screen], bool]) -> float | None:
        """Seconds from the start to the output that made the screen show something; None if none did."""
        screen = pyte.Screen(WIDTH, HEIGHT)
        stream = pyte.ByteStream(screen)
        for at_s, output in self.sent:
            stream.feed(output)
            if is_shown(screen):
                return at_s - self.began_s
        return None


def has_content(screen: pyte.Screen) -> bool:
    """Whether a screen shows at least one letter or digit."""
    return any(cell.data.isalnum() for row in screen.buffer.values() for cell in row.values())


def serve(terminals: Sequence[Terminal], until: Callable[[], bool], timeout_s: float) -> bool:
    """Read from programs and answer them until something holds; whether it came to hold in time."""
    end_s = perf_counter() + timeout_s
    while not until():
        if perf_counter() > end_s:
            return False
        readable, _, _ = select.select([each for each in terminals if each.is_open], [], [], POLL_S)
        for each in readable:
            each.read()
    return True


def serve_for(terminals: Sequence[Terminal], seconds: float) -> None:
    """Read from programs and answer them for a while."""
    serve(terminals, lambda: False, seconds)


def answers(output: bytes) -> bytes:
    """What a terminal replies to the queries in a program's output."""
    return b"".join(map(_answer, QUERY.finditer(output)))


def _answer(query: re.Match[bytes]) -> bytes:
    match query.lastgroup:
        case "mode":
            mode = query["mode"]
            return b"\x1b[?%b;%d$y" % (mode, 2 if mode in KNOWN_MODES else 0)
        case "in_band":
            return b"\x1b[48;%d;%d;%d;%dt" % (HEIGHT, WIDTH, HEIGHT * 20, WIDTH * 10)
        case "cursor":
            return b"\x1b[1;%dR" % int(query["column"] or 1)
        case "kind":
            return b"\x1b[?62;22c"
        case _:
            return b"\x1b[?0u"


def _become(argv: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
    """The rest of the child's life: a size, a folder, and the program."""
    try:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, WIDTH * 10, HEIGHT * 20))
        os.chdir(folder)
        os.execvpe(argv[0], list(argv), dict(environment))  # noqa: S606 - the very argument list
    finally:
        os._exit(127)

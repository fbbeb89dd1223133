"""The terminal without the screen, lent to another program for as long as it talks with the user.

Must never come back before the user has read what was said, nor leave a terminal as a program left it that
was killed.
"""

import asyncio
import os
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

from ollama_top.model.text import printable

if TYPE_CHECKING:
    from ollama_top.tui.monitor import Monitor

PASSED_S = 0.2
BACK = "Enter goes back to the monitor."
NOT_STARTED = 126  # as a shell says of what it cannot run
LONGEST_LINE_BYTES = 4096
ENDS = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)
HEED_S = 0.2  # a signal that another thread took is heeded so late: it does not end a wait of this one
GONE = (OSError, termios.error)
"""What a terminal raises that was closed."""


@contextmanager
def plain_terminal(monitor: "Monitor") -> Iterator[None]:
    """Let another program have the terminal, and Ctrl+C with it; raises SuspendNotSupported."""
    loop = asyncio.get_running_loop()
    with monitor.terminal.suspend():
        loop.remove_signal_handler(signal.SIGINT)
        try:
            yield
        finally:  # a Ctrl+C of meanwhile still waits to be handled by the loop: it was not for us
            loop.call_later(PASSED_S, lambda: loop.add_signal_handler(signal.SIGINT, monitor.terminal.exit))


def talk(command: Sequence[str], before: str) -> int:
    """Have a program talk with the user in the plain terminal, and wait for Enter after it; its exit status.

    `before` is said first. A program that a signal ended has the negative number of that signal. Whoever ends
    the monitor meanwhile ends the program, and nothing is waited for.
    """
    _say(f"{before}\n")
    talking = _Talk()
    with _heeded(talking.heed):
        with _as_it_was():
            status = talking.run(command)
        talking.await_enter()
    return status


class _Talk:
    """One program, and the signals that come meanwhile, of which the loop, held up, would hear too late."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._is_asking = self._is_over = False

    def heed(self, number: int, _: FrameType | None) -> None:
        """End what goes on; Ctrl+C is for the program, which has got it as well, and after that an Enter."""
        self._is_over |= self._is_asking or number != signal.SIGINT
        if number != signal.SIGINT and self._process is not None:
            self._process.send_signal(number)

    def run(self, command: Sequence[str]) -> int:
        """Run a program to its end; its status."""
        try:
            self._process = subprocess.Popen(command)
        except OSError as error:
            _say(f"{command[0]} cannot be run: {error.strerror}\n")
            return NOT_STARTED
        while True:
            with suppress(subprocess.TimeoutExpired):
                return self._process.wait(HEED_S)

    def await_enter(self) -> None:
        """Wait for a line that is typed from now on; a terminal that is gone gives an empty one."""
        if self._is_over:
            return
        self._is_asking = True
        with suppress(*GONE):
            termios.tcflush(sys.stdin, termios.TCIFLUSH)
            _say(f"\n{BACK} ")
            while not self._is_over:
                if select.select([sys.stdin], [], [], HEED_S)[0]:
                    os.read(sys.stdin.fileno(), LONGEST_LINE_BYTES)
                    return


@contextmanager
def _heeded(heed: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    before = {number: signal.signal(number, heed) for number in ENDS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _as_it_was() -> Iterator[None]:
    """Give the terminal back its ways, which a program that is killed leaves as it liked them."""
    attributes = termios.tcgetattr(sys.stdin)
    try:
        yield
    finally:
        with suppress(*GONE):
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, attributes)


def _say(text: str) -> None:
    with suppress(*GONE):
        sys.stdout.write("\n".join(map(printable, text.split("\n"))))
        sys.stdout.flush()

"""The terminal without the screen, lent to another program for as long as it talks with the user.

Must never come back before the user has read what was said, nor leave a terminal as a program left it that
was killed.
"""

import asyncio
import os
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from ollama_top.model.text import printable

if TYPE_CHECKING:
    from ollama_top.tui.monitor import Monitor

PASSED_S = 0.2
BACK = "Enter goes back to the monitor."
NOT_STARTED = 126  # as a shell says of what it cannot run
LONGEST_LINE_BYTES = 4096


@contextmanager
def plain_terminal(app: "Monitor") -> Iterator[None]:
    """Let another program have the terminal, and Ctrl+C with it; raises SuspendNotSupported."""
    loop = asyncio.get_running_loop()
    with app.terminal.suspend():
        loop.remove_signal_handler(signal.SIGINT)
        try:
            yield
        finally:  # a Ctrl+C of meanwhile still waits to be handled by the loop: it was not for us
            loop.call_later(PASSED_S, lambda: loop.add_signal_handler(signal.SIGINT, app.terminal.exit))


def talk(command: Sequence[str], before: str) -> int:
    """Have a program talk with the user in the plain terminal, and wait for Enter after it; its exit status.

    `before` is said first. A program that a signal ended has the negative number of that signal.
    """
    _say(f"{before}\n")
    attributes = termios.tcgetattr(sys.stdin)
    status = _run(command)
    termios.tcsetattr(sys.stdin, termios.TCSADRAIN, attributes)
    _say(f"\n{BACK} ")
    _await_enter()
    return status


def _run(command: Sequence[str]) -> int:
    try:
        process = subprocess.Popen(command)
    except OSError as error:
        _say(f"{command[0]} cannot be run: {error.strerror}\n")
        return NOT_STARTED
    while True:
        with suppress(KeyboardInterrupt):  # it was for the program, which has got it as well
            return process.wait()


def _await_enter() -> None:
    """Wait for a line that is typed from now on; Ctrl+C and a terminal that is gone count as one."""
    termios.tcflush(sys.stdin, termios.TCIFLUSH)
    with suppress(KeyboardInterrupt, OSError):
        os.read(sys.stdin.fileno(), LONGEST_LINE_BYTES)


def _say(text: str) -> None:
    with suppress(OSError):  # a terminal that is gone
        sys.stdout.write("\n".join(map(printable, text.split("\n"))))
        sys.stdout.flush()

"""The process that changes settings, as the screen sees it: what it tells, and the answers it gets.

Must never be waited for by a key, nor end with the monitor: it is in a process group of its own, so that
Ctrl+C does not reach it, but in the same session, since sudo knows by it who has given a password.
"""

import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Thread

from ollama_top.apply.events import KILL, LEAVE, Ended, Event, Order, Refused, event_of, order_line

WORDS = 2000  # of what it says when it fails, at the most
CUT_OFF = "its process ended in the middle (status {status}): what it had begun stands in the journal"


class ChangeProcess:
    """One change."""

    def __init__(self, command: Sequence[str], order: Order, tell: Callable[[Event], object]) -> None:
        """Prepare; `tell` hears of every event from a thread, the last of which says how it ended."""
        self._command = command
        self._order = order
        self._tell = tell
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its number; None before it is started."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Begin."""
        Thread(target=self._run, name="change", daemon=True).start()

    def answer(self, *, kill: bool) -> None:
        """Answer its question."""
        self._write(KILL if kill else LEAVE)

    def _write(self, line: bytes) -> None:
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError):  # it may have ended: then that is told
                self._process.stdin.write(line)
                self._process.stdin.flush()

    def _run(self) -> None:
        try:
            self._process = _started(self._command)
        except OSError as error:
            self._tell(Refused(f"its process did not start: {error.strerror}"))
            return
        self._write(f"{order_line(self._order)}\n".encode())
        self._follow(self._process)

    def _follow(self, process: "subprocess.Popen[bytes]") -> None:
        told: Event | None = None
        for line in process.stdout or ():
            event = event_of(line)
            if event is not None:
                told = event
                self._tell(event)
        words = b"" if process.stderr is None else process.stderr.read()
        status = process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with suppress(OSError):  # a line that it did not read
                    pipe.close()
        if not isinstance(told, Ended | Refused):
            said = words.decode(errors="replace").strip()[-WORDS:]
            self._tell(Refused(said or CUT_OFF.format(status=status)))


def _started(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, process_group=0)

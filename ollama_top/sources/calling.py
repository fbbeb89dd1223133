"""Runs the command of a user's that is to hear of findings: one at a time, and not for long.

Must never be waited for, never pass a word through a shell, and never end another process than its own.
"""

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from shutil import which
from threading import Thread
from typing import IO

LONGEST_S = 10.0
MOST_WAITING = 20
WORDS = 300  # of what it says when it fails, at the most
SECRETS = ("OLLAMA_TOP_",)  # of our own environment, where a token may lie


class Caller:
    """Hands documents to a command, each to a run of its own."""

    def __init__(
        self, argv: Sequence[str], tell: Callable[[str], object], longest_s: float = LONGEST_S
    ) -> None:
        """Prepare; `tell` hears what goes wrong, from another thread."""
        self._argv = tuple(argv)
        self._tell = tell
        self._longest_s = longest_s
        self._documents: SimpleQueue[bytes] = SimpleQueue()
        Thread(target=self._run, name="on_finding", daemon=True).start()

    def check(self) -> None:
        """Say so if there is no such command: when it is needed is too late."""
        if which(self._argv[0]) is None:
            self._tell(f"{self._argv[0]}: there is no such program")

    def call(self, document: bytes) -> None:
        """Have the command run with this on its standard input; does not wait for that."""
        if self._documents.qsize() >= MOST_WAITING:
            self._tell(f"{self._argv[0]} is behind: it was not told of everything")
        else:
            self._documents.put(document)

    def _run(self) -> None:
        while True:
            problem = self._once(self._documents.get())
            if problem is not None:
                self._tell(f"{self._argv[0]} {problem}")

    def _once(self, document: bytes) -> str | None:
        """One run; what went wrong with it."""
        with tempfile.TemporaryFile() as words:
            try:
                process = _started(self._argv, words)
            except OSError as error:
                return f"could not be run: {error.strerror or error}"
            try:
                process.communicate(document, timeout=self._longest_s)
            except subprocess.TimeoutExpired:
                _end(process)
                return f"took longer than {self._longest_s:g} s, and was ended"
            if process.returncode == 0:
                return None
            words.seek(0)
            said = words.read(WORDS).decode(errors="replace").strip()
            return f"ended with {process.returncode}" + (f": {said}" if said else "")


def _started(argv: Sequence[str], words: IO[bytes]) -> "subprocess.Popen[bytes]":
    """The command, in a session of its own: it has no terminal that it could write to, or read from."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(SECRETS)}
    return subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=words,
        env=environment,
        start_new_session=True,
    )


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End it with all that it started, which are of its session."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()

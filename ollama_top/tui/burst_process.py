"""The process that measures, as the screen sees it: events from its output, and its end.

Must never be waited for by a key, nor keep the program alive: it is read in a daemon thread. Ending it is
closing its input, here as over ssh, which passes that on and no signal; it then puts back what it moved.
What comes from it may come from another machine: it is bounded, and text.
"""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from threading import Lock, Thread, Timer

from ollama_top.burst.events import Ended, Event, Failed, Parted, decode

WORDS = 2000  # of what it says when it fails, at the most
PIPE_BYTES = 1 << 16  # of its standard error, which holds as many while nobody reads
LONGEST_LINE_BYTES = 1 << 20
END_S = 30.0  # to see what there is, and to put back the model's expiry, each with its own limit


class BurstProcess:
    """One run."""

    def __init__(self, command: Sequence[str], tell: Callable[[Event], object]) -> None:
        """Prepare; `tell` hears of every event from a thread, the last of which says how it ended.

        Once it is ended from here only what it left changed is told.
        """
        self._command = command
        self._tell = tell
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()  # so that it is not ended between its start and its being known
        self._is_ended = False

    @property
    def pid(self) -> int | None:
        """Its number; None before it is started."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Begin."""
        Thread(target=self._run, name="burst", daemon=True).start()

    def end(self) -> None:
        """Have it close every request and end; it is given time before a signal ends it."""
        with self._lock:
            is_first, self._is_ended = not self._is_ended, True
            process = self._process
        if process is not None and is_first:
            if process.stdin is not None:
                with suppress(OSError):  # it may be gone already
                    process.stdin.close()
            last = Timer(END_S, process.terminate)
            last.daemon = True
            last.start()

    def _run(self) -> None:
        try:
            with self._lock:
                if self._is_ended:
                    return
                self._process = _started(self._command)
        except OSError as error:
            self._say(Failed(f"its process did not start: {error.strerror}"))
            return
        self._follow(self._process)

    def _follow(self, process: "subprocess.Popen[bytes]") -> None:
        told: Event | None = None
        for line in _lines(process):
            event = decode(line)
            if event is not None:
                told = event
                self._say(event)
        words = b"" if process.stderr is None else process.stderr.read(PIPE_BYTES)
        status = process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
        if not isinstance(told, Ended | Failed | Parted):
            said = words.decode(errors="replace").strip()[-WORDS:]
            self._say(Failed(said or f"its process ended with {status}"))

    def _say(self, event: Event) -> None:
        if not self._is_ended or isinstance(event, Parted):
            self._tell(event)


def _lines(process: "subprocess.Popen[bytes]") -> Iterator[bytes]:
    """What it tells; a line without end comes in pieces, which are no events."""
    while process.stdout is not None and (line := process.stdout.readline(LONGEST_LINE_BYTES)):
        yield line


def _started(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    """In a session of its own, so that ssh asks nothing on the terminal that shows the screen."""
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)

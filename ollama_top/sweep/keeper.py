"""A process between ollama-top and a server that it starts: whoever dies, the server is ended too.

`python -m ollama_top.sweep.keeper PATH` starts `PATH serve` with its own environment, in a session of its
own, and tells a JSON object a line. Its standard input is held by ollama-top for as long as it lives, so
that even kill -9 is seen as its end; a line there asks for the last lines of the log. Where the keeper
itself is killed, Linux ends the server (PR_SET_PDEATHSIG).

Must never signal a process that it has not started, nor one that such a process has not started.
"""

import ctypes
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

import psutil

STOP_S = 15.0  # for a server to end its runners and itself
KILLED_S = 3.0  # for the kernel to end what was killed
LOOK_S = 0.05
LINES, LINE_LENGTH, READ_BYTES = 40, 400, 1 << 16
SET_PDEATHSIG, SET_CHILD_SUBREAPER = 1, 36  # of Linux's prctl
IS_LINUX = sys.platform == "linux"
UNHEEDED = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)  # of a terminal: ollama-top decides
READS = 16  # at one go: a server that never stops writing must not keep the rest waiting


class Log:
    """The last lines of what was written."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=LINES)
        self._rest = b""

    def take(self, data: bytes) -> None:
        """Note what was written."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._lines += (_readable(each) for each in lines[-LINES:])
        self._rest = self._rest[:READ_BYTES]

    @property
    def lines(self) -> list[str]:
        """The last of them, the newest last."""
        rest = [_readable(self._rest)] if self._rest.strip() else []
        return [*(each for each in self._lines if each), *rest][-LINES:]


def _readable(line: bytes) -> str:
    return line.decode(errors="replace").strip()[:LINE_LENGTH]


class Keeper:
    """The server, from its start to its end."""

    def __init__(self, server: "subprocess.Popen[bytes]") -> None:
        self._server = server
        self._leader = psutil.Process(server.pid)
        self._log = Log()
        self._selector = selectors.DefaultSelector()

    def keep(self, child_ended: int) -> None:
        """Until the server ends by itself, or nobody wants it any more."""
        _tell(pid=self._server.pid)
        output = self._server.stdout
        if output is not None:
            os.set_blocking(output.fileno(), False)
            self._selector.register(output.fileno(), selectors.EVENT_READ)
        for each in (sys.stdin.fileno(), child_ended):
            self._selector.register(each, selectors.EVENT_READ)
        while self._is_alive() and self._is_wanted():
            pass
        if not self._is_alive():
            self._drain()
            _tell(ended=True, log=self._log.lines)

    def _is_wanted(self) -> bool:
        """Wait until something happens; whether ollama-top is still there."""
        for key, _ in self._selector.select():
            if key.fd == sys.stdin.fileno():
                if not os.read(key.fd, READ_BYTES):
                    return False
                _tell(log=self._log.lines, ended=not self._is_alive())
            elif self._server.stdout is not None and key.fd == self._server.stdout.fileno():
                self._drain()
            else:
                os.read(key.fd, READ_BYTES)
        return True

    def _drain(self) -> None:
        """Take what was written, so that no full pipe holds the server up."""
        output = self._server.stdout
        if output is None:
            return
        with suppress(BlockingIOError, KeyError):
            for _ in range(READS):
                data = os.read(output.fileno(), READ_BYTES)
                self._log.take(data)
                if not data:
                    self._selector.unregister(output.fileno())
                    return

    def _is_alive(self) -> bool:
        """Whether the server runs. It is not waited for: so long its number and its group's stay its own."""
        return self._leader.status() != psutil.STATUS_ZOMBIE

    def stop(self) -> None:
        """End the server and all that it started: ask, wait, kill."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # this is what it would ask for
        started = self._started()
        self._signal(signal.SIGTERM)
        self._wait(started, STOP_S)
        self._signal(signal.SIGKILL)
        started |= self._started()
        for each in started:
            with suppress(psutil.NoSuchProcess):
                each.kill()  # that very process: psutil looks when it was started
        self._wait(started, KILLED_S)

    def _wait(self, started: set[psutil.Process], limit_s: float) -> None:
        ends_s = time.monotonic() + limit_s
        while time.monotonic() < ends_s:
            self._drain()
            started |= self._started()
            if not any(map(_lives, started)):
                return
            time.sleep(LOOK_S)

    def _started(self) -> set[psutil.Process]:
        """What was started; on Linux also what was left behind, since this process is made its parent."""
        return set(psutil.Process().children(recursive=True))

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._server.pid, number)


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _tell(**values: object) -> None:
    with suppress(OSError):  # nobody listens any more
        os.write(sys.stdout.fileno(), json.dumps(values).encode() + b"\n")


def _prctl(option: int, value: int) -> None:
    if IS_LINUX:
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _bound_to(parent: int) -> None:
    """In the child before it becomes the server: end with the keeper."""
    _prctl(SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it is gone already
        os._exit(1)


def _heed_children() -> int:
    """A descriptor that can be read when a child has ended."""
    read, write = os.pipe()
    for each in (read, write):
        os.set_blocking(each, False)
    signal.signal(signal.SIGCHLD, _nothing)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    return read


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """A signal that only has to wake."""


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End, and the server first."""
    sys.exit(0)


def main(words: Sequence[str]) -> int:
    """Start the server and keep it; the exit code."""
    for each in UNHEEDED:
        signal.signal(each, _nothing)  # the server would inherit it if it were ignored
    signal.signal(signal.SIGTERM, _leave)
    _prctl(SET_CHILD_SUBREAPER, 1)
    child_ended, own = _heed_children(), os.getpid()
    try:
        server = subprocess.Popen(
            [*words, "serve"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: _bound_to(own),  # noqa: PLW1509 - there is one thread here
        )
    except OSError as error:
        _tell(failed=error.strerror or str(error))
        return 1
    keeper = Keeper(server)
    try:
        keeper.keep(child_ended)
    finally:
        keeper.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

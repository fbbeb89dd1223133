"""One process of the server's tree: what it takes at each look; what does not change is read once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import psutil

from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.sources import limits
from ollama_top.sources.limits import Limits
from ollama_top.sources.owner import denied

T = TypeVar("T")
SETTLED_S = 5.0  # until it has begun its own program, a child shows its parent's command line
LIMITS_EVERY_S = 60.0  # they may be changed from outside, and seldom are
NEEDS_TWO = Missing(Why.PENDING, "needs two looks")


@dataclass(frozen=True, slots=True)
class ProcessLook:
    """One process at one look."""

    pid: int
    started_s: float  # seconds since the epoch; with the pid the name of one process for ever
    argv: tuple[str, ...]
    cpu_percent: Reading[float]  # since the look before
    rss_bytes: Reading[int]
    threads: Reading[int]
    open_files: Reading[int]
    limits: Limits = Limits()


class WatchedProcess:
    """Follows one process; blocking, for one thread."""

    def __init__(self, process: psutil.Process, user: str) -> None:
        """Prepare; `user` is whom it runs as, for the reason why something may not be read."""
        self._process = process
        self._user = user
        self._argv: tuple[str, ...] | None = None
        self._limits = Limits()
        self._limits_due_s = 0.0
        self._is_first = True

    def look(self, now_s: float) -> ProcessLook | None:
        """Look once, `now_s` being seconds since the epoch; None when it has ended or is a zombie."""
        try:
            with self._process.oneshot():
                if self._process.status() == psutil.STATUS_ZOMBIE:
                    return None
                return self._read(now_s)
        except psutil.Error:
            return None

    def _read(self, now_s: float) -> ProcessLook:
        process = self._process
        cpu_percent = self._reading(process.cpu_percent, "CPU")
        if self._is_first and isinstance(cpu_percent, Known):
            cpu_percent, self._is_first = NEEDS_TWO, False
        return ProcessLook(
            process.pid,
            process.create_time(),
            self._command_line(now_s),
            cpu_percent,
            self._reading(lambda: int(process.memory_info().rss), "memory"),
            self._reading(process.num_threads, "threads"),
            self._reading(process.num_fds, "open files"),
            self._known_limits(now_s),
        )

    def _command_line(self, now_s: float) -> tuple[str, ...]:
        if self._argv is not None:
            return self._argv
        found = tuple(self._process.cmdline())
        if found and now_s - self._process.create_time() > SETTLED_S:
            self._argv = found
        return found

    def _known_limits(self, now_s: float) -> Limits:
        if not self._limits_due_s - LIMITS_EVERY_S <= now_s < self._limits_due_s:  # a clock may be set back
            self._limits, self._limits_due_s = limits.read(self._process.pid), now_s + LIMITS_EVERY_S
        return self._limits

    def _reading(self, read: Callable[[], T], what: str) -> Reading[T]:
        try:
            return Known(read(), Source.PROCESSES)
        except psutil.AccessDenied:
            return denied(f"the {what} of pid {self._process.pid}", self._user)

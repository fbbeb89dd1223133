"""The server's process tree on this machine: its runners, their command lines, CPU and memory.

Children are found by parentage, never by name.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import psutil

from ollama_top.model.process import Variable
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.ollama.argv import RunnerArgs, parse_runner
from ollama_top.ollama.log.loads import LoadedRunner
from ollama_top.sources import environment, owner
from ollama_top.sources.owner import ServerProcess
from ollama_top.sources.watched import ProcessLook, WatchedProcess

N = TypeVar("N", int, float)
AGAIN_AFTER_S = 15.0  # who holds the port is looked for through all of /proc
NOT_YET = Missing(Why.PENDING, "not looked at yet")


@dataclass(frozen=True, slots=True)
class RunnerProcess:
    """One runner: a child of the server that holds a model."""

    pid: int
    started_s: float  # seconds since the epoch; with the pid the name of one process for ever
    args: RunnerArgs
    load: LoadedRunner | None = None  # what the log says of it; another source's to tell


@dataclass(frozen=True, slots=True)
class TreeLook:
    """The server and its runners at one look."""

    server: Reading[ServerProcess]
    runners: tuple[RunnerProcess, ...] = ()
    cpu_percent: Reading[float] = NOT_YET  # of all of them
    rss_bytes: Reading[int] = NOT_YET
    environment: Reading[tuple[Variable, ...]] = NOT_YET  # of the server's process
    processes: tuple[ProcessLook, ...] = ()  # the server first, then its children, the oldest first


class ServerTree:
    """Follows one server's processes; blocking, for one thread."""

    def __init__(self, port: int) -> None:
        """Prepare to look at whoever holds `port`."""
        self._port = port
        self._watched: dict[tuple[int, float], WatchedProcess] = {}
        self._owner: Reading[ServerProcess] | None = None
        self._started_s = 0.0
        self._followed = (0, 0.0)  # the process whose environment was read, and its start
        self._listeners: frozenset[int] = frozenset()
        self._again_s = 0.0
        self._environment: Reading[tuple[Variable, ...]] = NOT_YET

    def look(self) -> TreeLook:
        """Look once; raises DiagError where socket diagnosis fails."""
        server = self._find()
        if isinstance(server, Missing):
            self._watched.clear()
            return TreeLook(server, (), server, server, server)
        looks = self._looks(server.value)
        runners = tuple(each for each in map(_runner, looks) if each is not None)
        return TreeLook(
            server,
            runners,
            _total(looks, lambda each: each.cpu_percent),
            _total(looks, lambda each: each.rss_bytes),
            self._environment,
            looks,
        )

    def _find(self) -> Reading[ServerProcess]:
        """The owner of the port, looked for anew when the port or its last owner has changed hands."""
        key = owner.listeners(self._port)
        now_s = time.monotonic()
        if self._owner is None or key != self._listeners or now_s >= self._again_s or not self._is_same():
            self._owner = owner.find_owner(self._port)
            self._listeners, self._again_s = key, now_s + AGAIN_AFTER_S
            self._follow(self._owner)
        return self._owner

    def _follow(self, found: Reading[ServerProcess]) -> None:
        """Take up a server; what its process was started with is read once, as it does not change."""
        if isinstance(found, Missing):
            self._started_s, self._environment = 0.0, found
            return
        before = self._followed
        self._started_s = _started_s(found.value.pid)
        self._followed = (found.value.pid, self._started_s)
        if self._followed != before or isinstance(self._environment, Missing):
            self._environment = environment.read(found.value)

    def _is_same(self) -> bool:
        """Whether the owner is still that very process: a number may be given again."""
        if not isinstance(self._owner, Known):
            return True
        return self._started_s > 0 and _started_s(self._owner.value.pid) == self._started_s

    def _looks(self, server: ServerProcess) -> tuple[ProcessLook, ...]:
        """Every process of the tree; known ones are kept, since they remember their last CPU time."""
        try:
            root = psutil.Process(server.pid)
            children = sorted(root.children(recursive=True), key=psutil.Process.create_time)
            found = {(each.pid, each.create_time()): each for each in [root, *children]}
        except psutil.Error:
            found = {}
        self._watched = {
            key: self._watched.get(key) or WatchedProcess(each, server.user) for key, each in found.items()
        }
        now_s = time.time()
        looks = (each.look(now_s) for each in self._watched.values())
        return tuple(each for each in looks if each is not None)


def _runner(process: ProcessLook) -> RunnerProcess | None:
    args = parse_runner(process.argv)
    return RunnerProcess(process.pid, process.started_s, args) if args else None


def _total(looks: Sequence[ProcessLook], of: Callable[[ProcessLook], Reading[N]]) -> Reading[N]:
    """The sum of what is known; the server's own reason where nothing is."""
    readings = [of(each) for each in looks]
    known = [each.value for each in readings if isinstance(each, Known)]
    if known:
        return Known(sum(known), Source.PROCESSES)
    return readings[0] if readings else Missing(Why.FAILED, "the server ended")


def _started_s(pid: int) -> float:
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return 0.0

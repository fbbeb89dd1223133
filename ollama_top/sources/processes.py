"""The server's process tree on this machine: its runners, their command lines, CPU and memory.

Children are found by parentage, never by name.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import psutil

from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.ollama.argv import RunnerArgs, parse_runner
from ollama_top.ollama.log import LoadedRunner
from ollama_top.sources import owner, proc
from ollama_top.sources.logs import RunnerLogs
from ollama_top.sources.owner import ServerProcess

PARALLEL_VARIABLE = "OLLAMA_NUM_PARALLEL"
AGAIN_AFTER_S = 15.0  # who holds the port is looked for through all of /proc


@dataclass(frozen=True, slots=True)
class RunnerProcess:
    """One runner: a child of the server that holds a model."""

    pid: int
    started_s: float  # seconds since the epoch; with the pid the name of one process for ever
    args: RunnerArgs
    load: LoadedRunner | None = None  # what the log says of it


@dataclass(frozen=True, slots=True)
class TreeLook:
    """The server and its runners at one look."""

    server: Reading[ServerProcess]
    runners: tuple[RunnerProcess, ...] = ()
    cpu_percent: Reading[float] = Missing(Why.PENDING, "needs two looks")
    rss_bytes: Reading[int] = Missing(Why.PENDING, "not looked at yet")
    num_parallel: Reading[str] = Missing(Why.PENDING, "not looked at yet")  # as set; "" when unset


class ServerTree:
    """Follows one server's processes; blocking, for one thread."""

    def __init__(self, port: int) -> None:
        """Prepare to look at whoever holds `port`."""
        self._port = port
        self._processes: dict[tuple[int, float], psutil.Process] = {}
        self._owner: Reading[ServerProcess] | None = None
        self._started_s = 0.0
        self._listeners: frozenset[int] = frozenset()
        self._again_s = 0.0
        self._num_parallel: Reading[str] = Missing(Why.PENDING, "not looked at yet")
        self._logs = RunnerLogs()

    def look(self) -> TreeLook:
        """Look once; raises DiagError where socket diagnosis fails."""
        server = self._find()
        if isinstance(server, Missing):
            self._processes.clear()
            unknown = Missing(server.why, server.hint)
            return TreeLook(server, cpu_percent=unknown, rss_bytes=unknown, num_parallel=unknown)
        tree = self._refresh(server.value.pid)
        runners = tuple(each for each in map(_runner, tree) if each is not None)
        loads = self._loads(server.value, runners)
        with_loads = tuple(_with_load(each, loads) for each in runners)
        return TreeLook(server, with_loads, _cpu_percent(tree), _rss_bytes(tree), self._num_parallel)

    def _find(self) -> Reading[ServerProcess]:
        """The owner of the port, looked for anew when the port or its last owner has changed hands."""
        key = owner.listeners(self._port)
        now_s = time.monotonic()
        if self._owner is None or key != self._listeners or now_s >= self._again_s or not self._is_same():
            self._owner = owner.find_owner(self._port)
            self._listeners, self._again_s = key, now_s + AGAIN_AFTER_S
            self._started_s = 0.0
            if isinstance(self._owner, Known):
                self._started_s = _started_s(self._owner.value.pid)
                self._num_parallel = _num_parallel(self._owner.value)
        return self._owner

    def _is_same(self) -> bool:
        """Whether the owner is still that very process: a number may be given again."""
        if not isinstance(self._owner, Known):
            return True
        return self._started_s > 0 and _started_s(self._owner.value.pid) == self._started_s

    def _refresh(self, pid: int) -> list[psutil.Process]:
        """The processes of the tree; known ones are kept, since they remember their last CPU time."""
        try:
            root = psutil.Process(pid)
            found = {(each.pid, each.create_time()): each for each in [root, *root.children(recursive=True)]}
        except psutil.Error:
            found = {}
        self._processes = {key: self._processes.get(key, each) for key, each in found.items()}
        return list(self._processes.values())

    def _loads(self, server: ServerProcess, runners: tuple[RunnerProcess, ...]) -> Mapping[int, LoadedRunner]:
        """What the log says, read only for runners whose command line says too little."""
        silent = {each.args.port for each in runners if each.args.parallel is None and each.args.port}
        return self._logs.loads(server.pid, frozenset(silent)) if silent else {}


def _with_load(runner: RunnerProcess, loads: Mapping[int, LoadedRunner]) -> RunnerProcess:
    load = loads.get(runner.args.port or 0)
    return RunnerProcess(runner.pid, runner.started_s, runner.args, load) if load else runner


def _runner(process: psutil.Process) -> RunnerProcess | None:
    try:
        args = parse_runner(process.cmdline())
        return RunnerProcess(process.pid, process.create_time(), args) if args else None
    except psutil.Error:
        return None  # it ended between two lines of this look


def _num_parallel(server: ServerProcess) -> Reading[str]:
    """OLLAMA_NUM_PARALLEL of the running process, else of its unit; every other variable is let be."""
    text = proc.read_text(server.pid, "environ")
    if text is not None:
        return Known(_variable(text.split("\0")), Source.PROCESSES)
    if server.unit_environment is not None:
        return Known(_variable(server.unit_environment), Source.SERVICE)
    return Missing(
        Why.DENIED, f"the environment of pid {server.pid} may be read by user {server.user} or root only"
    )


def _variable(assignments: list[str] | tuple[str, ...]) -> str:
    start = f"{PARALLEL_VARIABLE}="
    return next((each.removeprefix(start) for each in assignments if each.startswith(start)), "")


def _cpu_percent(tree: list[psutil.Process]) -> Reading[float]:
    total = 0.0
    for each in tree:
        try:
            total += each.cpu_percent()
        except psutil.Error:
            continue  # it ended; what it used is no longer used
    return Known(total, Source.PROCESSES) if tree else Missing(Why.FAILED, "the server ended")


def _rss_bytes(tree: list[psutil.Process]) -> Reading[int]:
    total = 0
    for each in tree:
        try:
            total += each.memory_info().rss
        except psutil.Error:
            continue
    return Known(total, Source.PROCESSES) if tree else Missing(Why.FAILED, "the server ended")


def _started_s(pid: int) -> float:
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return 0.0

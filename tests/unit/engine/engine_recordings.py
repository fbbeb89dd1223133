"""Recorded traffic of real servers, played to the ledger look by look.

Must never correct what was recorded: a look is wrong by the requests' own timeline or right.
"""

import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import captured

from ollama_top.engine import derive
from ollama_top.engine.samples import Samples, Taken, ToRunners, Traffic
from ollama_top.engine.state import State
from ollama_top.model.frame import Frame, Snapshot
from ollama_top.model.queue import Precision
from ollama_top.model.reading import Known, Source
from ollama_top.model.server import Keeper
from ollama_top.ollama.argv import Generation, RunnerArgs
from ollama_top.ollama.environment import variables
from ollama_top.ollama.log.loads import LoadedRunner
from ollama_top.ollama.replies import PsModel, ShownModel
from ollama_top.ollama.slots import parse_slots
from ollama_top.sources.api import ApiLook
from ollama_top.sources.inet_diag import ESTABLISHED, Endpoint, Socket
from ollama_top.sources.owner import ServerProcess
from ollama_top.sources.processes import RunnerProcess, TreeLook
from ollama_top.sources.runners import SlotsLook

GLANCE_EVERY_S = 0.5
SINCE = datetime(2026, 11, 23, tzinfo=UTC)
BLOB = "/models/blobs/sha256-0"
MODEL = PsModel("gemma3:270m", None, "gemma3", None, None, None, None, 4096, None)
PROCESS = ServerProcess(1, "ollama", SINCE, Keeper.MANUAL, None, None)
SERVER = Endpoint("127.0.0.1", 11434)
Environment = Mapping[str, str]
COUNTER = re.compile(r"(\w+):(\d+)")


@dataclass(frozen=True)
class Timeline:
    """When one request was really sent, and when its reply was over."""

    sent_s: float
    end_s: float


@dataclass(frozen=True)
class Moment:
    """What could be seen at one moment."""

    at_s: float
    served: tuple[Socket, ...]
    slots: Mapping[int, bytes | None] = field(default_factory=dict)  # what /slots answered, by port
    to_runners: Mapping[int, tuple[Socket, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Recording:
    """A stretch of time on one server, seen from outside, with the truth beside it."""

    parallel: int
    requests: tuple[Timeline, ...]
    moments: tuple[Moment, ...]

    def outstanding(self, at_s: float) -> int:
        return sum(each.sent_s < at_s < each.end_s for each in self.requests)

    def nearest_change_s(self, at_s: float) -> float:
        """Seconds from a moment to the nearest arrival or end of a request."""
        changes = [change for each in self.requests for change in (each.sent_s, each.end_s)]
        return min(abs(change - at_s) for change in changes)

    def since_change_s(self, at_s: float) -> float:
        """Seconds since the last arrival or end of a request."""
        changes = [change for each in self.requests for change in (each.sent_s, each.end_s)]
        return min((at_s - change for change in changes if change <= at_s), default=at_s)


@dataclass(frozen=True)
class Look:
    """What the engine concludes at one moment, and what was so."""

    at_s: float
    running: int
    waiting: int
    true_running: int
    true_waiting: int
    precision: Precision

    @property
    def is_exact(self) -> bool:
        return (self.running, self.waiting) == (self.true_running, self.true_waiting)


def load(version: str, name: str) -> Recording:
    path = captured.CAPTURES / f"ollama-{version}" / name
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    head, *moments = map(json.loads, text.splitlines())
    requests = tuple(Timeline(each["sent_s"], each["end_s"]) for each in head["requests"])
    return Recording(head["parallel"], requests, tuple(map(_moment, moments)))


def with_late_slots(recording: Recording, every: int) -> Recording:
    """The same with each so manieth answer to /slots not given in time."""
    moments = tuple(
        replace(moment, slots=dict.fromkeys(moment.slots)) if index % every == 0 else moment
        for index, moment in enumerate(recording.moments)
    )
    return replace(recording, moments=moments)


def load_burst(name: str) -> Recording:
    """A recording whose connections are those that `ss` printed."""
    recorded = captured.Capture(captured.NEWEST).json(f"burst-{name}")
    requests = tuple(Timeline(each["sent"], each["end"]) for each in recorded["requests"])
    moments = tuple(
        Moment(each["t"], _from_ss(each["ss"]), {1: json.dumps(each["slots"]).encode()})
        for each in recorded["samples"]
    )
    return Recording(int(recorded["env"].get("OLLAMA_NUM_PARALLEL", 1)), requests, moments)


def looks(recording: Recording, every: int, offset: int) -> Iterator[Look]:
    """The engine's conclusions from every so manieth moment, with glances at moments between."""
    return (_look(recording, frame.snapshot, at_s) for at_s, frame in frames(recording, every, offset))


def frames(
    recording: Recording, every: int, offset: int, environment: Environment | None = None
) -> Iterator[tuple[float, Frame]]:
    """The Frames of every so manieth moment; `environment` is the server's, where it is known."""
    state = State()
    moments = recording.moments
    step_s = (moments[-1].at_s - moments[0].at_s) / (len(moments) - 1)
    glance_every = round(GLANCE_EVERY_S / step_s)
    for index in range(offset, len(moments), every):
        now = moments[index]
        between = [each for each in range(index - every + glance_every, index, glance_every) if each >= 0]
        glances = tuple(Taken(moments[each].served, moments[each].at_s) for each in between)
        calls = tuple(Taken(moments[each].to_runners, moments[each].at_s) for each in between)
        samples = _samples(recording, now, glances, calls)
        state, frame = derive.step(state, samples if environment is None else given(samples, environment))
        yield now.at_s, frame


def given(samples: Samples, environment: Environment) -> Samples:
    """The same of a server that was started with these variables, and nothing else."""
    assert samples.tree is not None
    known = Known(variables(environment.items()), Source.PROCESSES)
    return replace(samples, tree=Taken(replace(samples.tree.value, environment=known), samples.at_s))


def _look(recording: Recording, snapshot: Snapshot, at_s: float) -> Look:
    running, waiting = snapshot.queue.running, snapshot.queue.waiting
    assert isinstance(running, Known)
    assert isinstance(waiting, Known)
    outstanding = recording.outstanding(at_s)
    served = min(outstanding, recording.parallel)
    return Look(at_s, running.value, waiting.value, served, outstanding - served, snapshot.queue.precision)


def _samples(
    recording: Recording,
    now: Moment,
    glances: tuple[Taken[tuple[Socket, ...]], ...],
    calls: tuple[Taken[ToRunners], ...],
) -> Samples:
    ports = now.slots.keys() | now.to_runners.keys()
    runners = tuple(_runner(port, recording.parallel, tells_slots=port in now.slots) for port in ports)
    slots = {port: _slots(now.at_s, body) for port, body in now.slots.items()}
    traffic = Traffic(now.served, now.to_runners, slots, glances=glances, calls=calls)
    return Samples(
        taken_at=SINCE + timedelta(seconds=now.at_s),
        at_s=now.at_s,
        url="http://127.0.0.1:11434",
        is_local=True,
        api=Taken(ApiLook("0.33.0", (MODEL,), {MODEL.name: ShownModel(BLOB, "gemma3", None)}), now.at_s),
        tree=Taken(TreeLook(Known(PROCESS, Source.PROCESSES), runners), now.at_s),
        traffic=Taken(traffic, now.at_s),
    )


def _slots(at_s: float, body: bytes | None) -> SlotsLook:
    return SlotsLook(at_s, (), "timed out") if body is None else SlotsLook(at_s, parse_slots(body))


def _runner(port: int, parallel: int, *, tells_slots: bool) -> RunnerProcess:
    """Before 0.30 a runner's command line does not tell how many it serves at once, and the log does."""
    generation = Generation.LLAMA_SERVER if tells_slots else Generation.GO
    args = RunnerArgs(generation, BLOB, port, parallel if tells_slots else None, None, None)
    return RunnerProcess(port, 0.0, args, None if tells_slots else LoadedRunner(port, parallel, None, None))


def _moment(line: dict[str, Any]) -> Moment:
    return Moment(
        line["at_s"],
        _sockets(line["served"]),
        {int(port): json.dumps(each).encode() for port, each in line.get("slots", {}).items()},
        {int(port): _sockets(each) for port, each in line.get("to_runners", {}).items()},
    )


def _sockets(rows: Sequence[Sequence[int]]) -> tuple[Socket, ...]:
    return tuple(_socket(cookie, Endpoint("127.0.0.1", cookie), *counters) for cookie, *counters in rows)


def _from_ss(text: str) -> tuple[Socket, ...]:
    """The connections of `ss -tinH`; the client's port stands in for the number that it does not print."""
    found = []
    for line in text.replace("\n ", " ").splitlines():
        remote = line.split()[3]
        port = int(remote.rpartition(":")[2])
        told = {name: int(value) for name, value in COUNTER.findall(line.partition(remote)[2])}
        names = ("lastsnd", "lastrcv", "bytes_sent", "bytes_received", "data_segs_out")
        found.append(_socket(port, Endpoint("127.0.0.1", port), *(told.get(name, 0) for name in names)))
    return tuple(found)


def _socket(cookie: int, remote: Endpoint, *counters: int) -> Socket:
    sent_ms, received_ms, sent, received, segments = counters
    return Socket(
        cookie, ESTABLISHED, SERVER, remote, 0, 0, None, sent_ms, received_ms, sent, received, segments
    )

"""Samples written by hand: each builder knows a healthy value for all it is not told.

One server with one model, gemma3:270m, whose llama-server has two slots, unless said otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ollama_top.engine import derive
from ollama_top.engine.samples import Samples, Taken, Traffic
from ollama_top.engine.state import State
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Known, Missing, Reading, Source, map_known
from ollama_top.model.server import Keeper
from ollama_top.ollama.argv import Generation, RunnerArgs
from ollama_top.ollama.environment import NUM_PARALLEL, variables
from ollama_top.ollama.replies import PsModel, ShownModel
from ollama_top.ollama.slots import SlotReply
from ollama_top.sources.api import ApiLook
from ollama_top.sources.clients import Client
from ollama_top.sources.inet_diag import ESTABLISHED, Endpoint, Socket
from ollama_top.sources.owner import ServerProcess
from ollama_top.sources.processes import RunnerProcess, TreeLook
from ollama_top.sources.runners import SlotsLook

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
NAME, BLOB, PORT, PID = "gemma3:270m", "/models/blobs/sha256-0", 41000, 2001
SERVER = Endpoint("127.0.0.1", 11434)
PROCESS = ServerProcess(1234, "ollama", NOW - timedelta(days=2), Keeper.SYSTEMD, "ollama.service", None)


def listed(name: str = NAME, **changes: Any) -> PsModel:
    """A model of /api/ps."""
    whole = PsModel(
        name,
        f"digest of {name}",
        "gemma3",
        "268M",
        "Q8_0",
        1 << 30,
        1 << 29,
        4096,
        NOW + timedelta(minutes=5),
    )
    return replace(whole, **changes)


def shown(path: str | None = BLOB, capabilities: tuple[str, ...] | None = ("completion",)) -> ShownModel:
    return ShownModel(path, "gemma3", capabilities)


def runner(path: str = BLOB, pid: int = PID, **changes: Any) -> RunnerProcess:
    """A llama-server with two slots."""
    args = RunnerArgs(Generation.LLAMA_SERVER, path, PORT + pid - PID, 2, 4096, None)
    own = {name: changes.pop(name) for name in ("started_s", "load") if name in changes}
    return replace(RunnerProcess(pid, 100.0, replace(args, **changes)), **own)


def go_runner(**changes: Any) -> RunnerProcess:
    """A runner that tells neither slots nor how many it serves at once."""
    return runner(**{"generation": Generation.GO, "parallel": None, "context_tokens": None, **changes})


def slot(number: int = 0, task: int | None = None, decoded: int = 0, **changes: Any) -> SlotReply:
    """A slot; at work if it has a task."""
    return replace(SlotReply(number, task is not None, task, 4096, 0, 8, 8 + decoded, decoded), **changes)


def api(
    *models: PsModel, shows: Mapping[str, ShownModel] | None = None, version: str | None = "0.33.0"
) -> ApiLook:
    """What the API says; by default of each model that its weights are those of the runner."""
    return ApiLook(version, models, {each.name: shown() for each in models} if shows is None else shows)


def tree(
    *runners: RunnerProcess,
    server: Reading[ServerProcess] | None = None,
    num_parallel: Reading[str] | None = None,
) -> TreeLook:
    return TreeLook(
        server or Known(PROCESS, Source.PROCESSES),
        runners,
        Known(12.0, Source.PROCESSES),
        Known(1 << 30, Source.PROCESSES),
        map_known(
            num_parallel or Known("2", Source.PROCESSES), lambda value: variables([(NUM_PARALLEL, value)])
        ),
    )


def connection(
    number: int, *, asked_ms: int = 0, said_ms: int | None = None, sent_bytes: int = 0, **changes: Any
) -> Socket:
    """A connection to the API: asked so long ago, and last answered so long ago."""
    last_sent_ms = asked_ms + 1 if said_ms is None else said_ms
    sent_bytes = sent_bytes or (0 if said_ms is None else 100)
    remote = Endpoint("127.0.0.1", 40_000 + number)
    whole = Socket(
        number, ESTABLISHED, SERVER, remote, 0, 0, None, last_sent_ms, asked_ms, sent_bytes, 300, 0
    )
    return replace(whole, **changes)


def traffic(
    *served: Socket, slots: Mapping[int, Sequence[SlotReply]] | None = None, at_s: float = 0.0, **changes: Any
) -> Traffic:
    """Connections and slots of one moment."""
    answers = {PORT: [slot(0), slot(1)]} if slots is None else slots
    looks = {port: SlotsLook(at_s, tuple(each)) for port, each in answers.items()}
    return replace(Traffic(served, slots=looks), **changes)


def samples(at_s: float = 10.0, **changes: Any) -> Samples:
    """All sources having brought something at one moment; a value that is no sample is taken then."""
    own = {
        "api": api(listed()),
        "tree": tree(runner()),
        "traffic": traffic(at_s=at_s),
        **{name: changes.pop(name) for name in ("api", "tree", "traffic") if name in changes},
    }
    taken = {name: Taken(value, at_s) if value is not None else None for name, value in own.items()}
    return Samples(
        taken_at=NOW + timedelta(seconds=at_s),
        at_s=at_s,
        url="http://127.0.0.1:11434",
        is_local=changes.pop("is_local", True),
        **taken,
        **changes,
    )


def snapshot(*looks: Samples) -> Snapshot:
    """What is shown after these looks."""
    state, frame = derive.step(State(), looks[0])
    for each in looks[1:]:
        state, frame = derive.step(state, each)
    return frame.snapshot


def reason(reading: Reading[Any]) -> Missing:
    assert isinstance(reading, Missing), reading
    return reading


def value(reading: Reading[Any]) -> Any:
    assert isinstance(reading, Known), reading
    return reading.value


def client(name: str = "bot.py", **changes: Any) -> Client:
    return replace(Client(Known(4711, Source.PROCESSES), Known(name, Source.PROCESSES)), **changes)

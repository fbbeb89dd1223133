"""What every runner does at one look, and how fast: slots where it tells them, else its sockets. Pure."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from ollama_top.engine.ledger import Ledger, Phase, Serving, advance
from ollama_top.engine.serving import Pace, SlotKey, Written, paces, serving, written
from ollama_top.model.reading import Source
from ollama_top.ollama.argv import Generation
from ollama_top.ollama.slots import SlotReply
from ollama_top.sources.inet_diag import Socket
from ollama_top.sources.processes import RunnerProcess
from ollama_top.sources.runners import SlotsLook


@dataclass(frozen=True, slots=True)
class Activity:
    """One runner at one look."""

    serving: Serving | None = None  # None when it cannot be told
    source: Source | None = None
    problem: str | None = None
    slots: tuple[SlotReply, ...] = ()
    paces: Mapping[SlotKey, Pace] = field(default_factory=dict)
    written: Mapping[SlotKey, Written] = field(default_factory=dict)
    sockets: Ledger = field(default_factory=Ledger)

    @property
    def tokens_per_s(self) -> float | None:
        """What all its slots wrote since the last look; None without two looks at slots."""
        seconds = max((each.seconds for each in self.paces.values()), default=0.0)
        return sum(each.tokens for each in self.paces.values()) / seconds if seconds else None


def from_slots(runner: RunnerProcess, look: SlotsLook, last: Activity) -> Activity:
    """What a llama-server tells of itself; after a failed look the next is compared with the one before."""
    if look.problem is not None:
        return Activity(problem=look.problem, written=last.written)
    now = written(runner.pid, look.slots, look.at_s)
    pace = paces(last.written, now)
    return Activity(serving(now, pace), Source.SLOTS, None, look.slots, pace, now)


def from_sockets(at_s: float, sockets: Sequence[Socket], last: Activity, parallel: int | None) -> Activity:
    """What the connections from the server to a runner without slots show.

    Such a runner always streams to the server, so each request in service is a connection with a
    reply due or under way; the server may keep up to two idle ones.
    """
    ledger = advance(last.sockets, at_s, sockets, None)
    busy = [*ledger.in_phase(Phase.ASKED), *ledger.in_phase(Phase.REPLYING)]
    busy.sort(key=lambda each: each.last_sent_ms)
    held = busy[:parallel] if parallel else busy
    streaming = {each.cookie for each in ledger.in_phase(Phase.REPLYING)}
    tasks: frozenset[Hashable] = frozenset(
        (each.cookie, each.received_bytes) for each in held if each.cookie in streaming
    )
    return Activity(Serving(tasks, len(held)), Source.SOCKETS, sockets=ledger)


def tells_slots(runner: RunnerProcess) -> bool:
    """Whether a runner's generation answers /slots."""
    return runner.args.generation is Generation.LLAMA_SERVER and runner.args.port is not None

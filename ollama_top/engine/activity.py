"""What every runner does at one look, and how fast: slots where it tells them, else its sockets. Pure."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ollama_top.engine import redirected
from ollama_top.engine.ledger import Ledger, Serving, advance
from ollama_top.engine.rhythm import Sight, tokens_per_s
from ollama_top.engine.serving import Pace, Rate, SlotKey, Written, paces, rate, serving, written
from ollama_top.engine.tracking import LEAST_REQUEST_BYTES, Phase, has_replied
from ollama_top.model.reading import Source
from ollama_top.ollama.argv import Generation
from ollama_top.ollama.slots import SlotReply
from ollama_top.sources.inet_diag import Socket
from ollama_top.sources.processes import RunnerProcess
from ollama_top.sources.runners import SlotsLook

TELLS_SLOTS = frozenset({Generation.LLAMA_SERVER, Generation.CPP})


@dataclass(frozen=True, slots=True)
class Activity:
    """One runner at one look."""

    serving: Serving | None = None  # None when it cannot be told
    source: Source | None = None
    problem: str | None = None
    slots: tuple[SlotReply, ...] = ()
    paces: Mapping[SlotKey, Pace] = field(default_factory=dict)
    written: Mapping[SlotKey, Written] = field(default_factory=dict)
    rate: Rate | None = None  # of all its slots together; None when not known
    usual: float | None = None  # tokens per second of one slot, when that was last known
    sight: Sight = field(default_factory=dict)  # its connections at the end of the look
    sockets: Ledger = field(default_factory=Ledger)


def from_slots(
    runner: RunnerProcess,
    look: SlotsLook,
    sockets: Sequence[Socket] | None,
    last: Activity,
    sights: Sequence[Sight] = (),
) -> Activity:
    """What a runner with slots tells, and its connections of it; `sockets` is None where unseen.

    When it does not answer, busy with a long prompt, its connections still tell how many it serves:
    one each. To a C++ server those that wait for their next request stay open, and are left out.
    `sights` are of its connections since the last look, the newest last.
    """
    ledger, sight = last.sockets, sights[-1] if sights else {}
    if sockets is not None and runner.args.generation is Generation.CPP:
        ledger = advance(ledger, look.at_s, sockets, None)
        sockets = [*ledger.in_phase(Phase.ASKED), *ledger.in_phase(Phase.REPLYING)]
    if look.problem is not None:
        served = _one_each(sockets, runner.args.parallel) if sockets is not None else None
        silent = Activity(served, Source.SOCKETS if served else None, look.problem)
        return replace(silent, written=last.written, usual=last.usual, sight=sight, sockets=ledger)
    now = written(runner.pid, look.slots, look.at_s)
    pace = paces(last.written, now)
    usual = tokens_per_s([last.sight, *sights]) or last.usual
    return Activity(
        serving(now, pace, sockets or ()),
        Source.SLOTS,
        None,
        look.slots,
        pace,
        now,
        rate=rate(now, pace, usual),
        usual=usual,
        sight=sight,
        sockets=ledger,
    )


def _one_each(sockets: Sequence[Socket], parallel: int | None) -> Serving:
    """The requests in service where each has a connection of its own, closed with the reply."""
    held = [each for each in sockets if each.received_bytes >= LEAST_REQUEST_BYTES]
    return _seen(held, [each for each in held if each.sent_bytes], parallel)


def from_sockets(
    at_s: float, sockets: Sequence[Socket], last: Activity, parallel: int | None, asked: int
) -> Activity:
    """What the connections from the server to a runner without slots show.

    Such a runner always streams to the server, so each request in service is a connection with a
    reply due or under way; the server may keep up to two idle ones. Of `asked` requests as many as
    fit are in service: a reply that falls silent meanwhile is under way all the same. When nothing
    waits, a runner that stalls cannot be told from one that is done.
    """
    ledger = advance(last.sockets, at_s, sockets, None)
    busy = [*ledger.in_phase(Phase.ASKED), *ledger.in_phase(Phase.REPLYING)]
    lacking = max(0, min(asked, parallel or 0) - len(busy))
    held = [*busy, *_silent(ledger, last)[:lacking]]
    held = sorted(held, key=lambda each: each.last_sent_ms)[:parallel]
    served = _seen(held, [each for each in held if has_replied(each)], parallel)
    return Activity(served, Source.SOCKETS, sockets=ledger)


def from_redirected(at_s: float, sockets: Sequence[Socket], last: Activity, unanswered: int) -> Activity:
    """What the connections to an MLX runner show, of `unanswered` requests to the server."""
    ledger = redirected.follow(last.sockets, at_s, sockets)
    held = redirected.in_service(ledger, unanswered)
    served = _seen(held, [each for each in held if has_replied(each)], redirected.SERIAL)
    return Activity(served, Source.SOCKETS, sockets=ledger)


def _seen(held: Sequence[Socket], writing: Sequence[Socket], parallel: int | None) -> Serving:
    tasks = frozenset(map(_task, held))
    has_room = parallel is not None and len(held) < parallel
    spoke_ms = tuple(each.last_sent_ms for each in writing)
    return Serving(Source.SOCKETS, tasks, len(writing), None, has_room, spoke_ms)


def _silent(ledger: Ledger, last: Activity) -> list[Socket]:
    """Replies that were in service at the last look or began since; at the first look none is known."""
    if last.serving is None:
        return []
    resting = {_task(each.socket) for each in last.sockets.tracked.values()} - last.serving.tasks
    idle = ledger.in_phase(Phase.IDLE)
    return [each for each in idle if has_replied(each) and _task(each) not in resting]


def _task(socket: Socket) -> Hashable:
    """A name for the request that a connection carried last."""
    return socket.cookie, socket.received_bytes


NOT_LOADED = Activity(_seen((), (), None), Source.SOCKETS)
"""A runner of no listed model, as seen by its connections."""


def tells_slots(runner: RunnerProcess) -> bool:
    """Whether a runner's generation answers /slots."""
    return runner.args.generation in TELLS_SLOTS and runner.args.port is not None

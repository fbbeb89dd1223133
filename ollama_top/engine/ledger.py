"""Which connections to the API have a request outstanding, and where each stands. Pure.

Ollama tells neither. The kernel tells when each connection last carried data and how much; the
runners tell what they serve; from look to look this adds up to the exact count.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from ollama_top.sources.inet_diag import Socket

RECENT_MS = 150.0  # a stream that is not proved yet counts as one only this soon after a byte
LEAST_REQUEST_BYTES = 180  # head and body of an inference request; a bare GET is smaller
GAPS = 3.0  # or as soon as this many usual steps explain


class Phase(Enum):
    """Where a connection stands between request and reply."""

    IDLE = "idle"  # no request, or its reply has ended
    ASKED = "asked"  # a request, and no byte of its reply
    REPLYING = "replying"  # the reply has begun and not ended


@dataclass(frozen=True, slots=True)
class Tracked:
    """A connection with what is concluded about it."""

    socket: Socket
    phase: Phase
    is_stream: bool = False  # its reply was seen to come in several steps
    is_sending: bool = False  # its last byte is no older than its rhythm explains


@dataclass(frozen=True, slots=True)
class Serving:
    """What the runners serve at one look."""

    tasks: frozenset[Hashable]  # a name for each request in service that has a token written
    busy: int  # all requests in service, those whose prompt is being read included
    gap_ms: float | None = None  # between two tokens of the slowest of them; None when not known yet


@dataclass(frozen=True, slots=True)
class Ledger:
    """All connections at one look, by cookie, and what the runners were serving."""

    at_s: float = 0.0
    tracked: Mapping[int, Tracked] = field(default_factory=dict)
    serving: Serving | None = None

    def in_phase(self, phase: Phase) -> tuple[Socket, ...]:
        """The connections in a phase; the longest outstanding first."""
        found = [each.socket for each in self.tracked.values() if each.phase is phase]
        return tuple(sorted(found, key=lambda each: -each.last_received_ms))


def advance(last: Ledger, at_s: float, sockets: Sequence[Socket], serving: Serving | None) -> Ledger:
    """The ledger at a new look; `serving` is None where the runners cannot be seen."""
    interval_ms = (at_s - last.at_s) * 1000
    gap_ms = serving.gap_ms if serving else None
    tracked = {
        each.cookie: _track(last.tracked.get(each.cookie), each, interval_ms, gap_ms) for each in sockets
    }
    for cookie in _ended(last, tracked, serving):
        tracked[cookie] = Tracked(tracked[cookie].socket, Phase.IDLE)
    return Ledger(at_s, tracked, serving)


def _track(before: Tracked | None, now: Socket, interval_ms: float, gap_ms: float | None) -> Tracked:
    """What the counters of one connection say; a proved stream counts as under way even when silent."""
    if now.received_bytes == 0:
        return Tracked(now, Phase.IDLE)
    if now.sent_bytes == 0 or now.last_received_ms < now.last_sent_ms or _asked_at_once(before, now):
        return Tracked(now, Phase.ASKED)
    has_grown = before is not None and now.sent_bytes > before.socket.sent_bytes
    is_same_reply = before is not None and now.received_bytes == before.socket.received_bytes
    was_replying = before is not None and before.phase is Phase.REPLYING and is_same_reply
    is_stream = was_replying and before is not None and (before.is_stream or has_grown)
    is_sending = now.last_sent_ms <= _patience_ms(before, now, interval_ms, gap_ms)
    may_be_slow = gap_ms is None and before is not None and before.phase is Phase.ASKED
    if is_stream or may_be_slow or (is_sending and (has_grown or before is None or was_replying)):
        return Tracked(now, Phase.REPLYING, is_stream, is_sending)
    return Tracked(now, Phase.IDLE)


def _asked_at_once(before: Tracked | None, now: Socket) -> bool:
    """Whether the next request came in the same tick of the kernel's clock as the last reply ended.

    Both times are then equal. On any other connection the same picture is a question answered at
    once, which is no inference.
    """
    return (
        before is not None
        and (before.is_stream or before.phase is Phase.ASKED)
        and now.last_received_ms == now.last_sent_ms
        and now.received_bytes - before.socket.received_bytes >= LEAST_REQUEST_BYTES
    )


def _patience_ms(before: Tracked | None, now: Socket, interval_ms: float, gap_ms: float | None) -> float:
    """How long the connection may be silent in the middle of a stream."""
    steps = (
        now.sent_segments - before.socket.sent_segments if before and before.phase is Phase.REPLYING else 0
    )
    own_gap_ms = interval_ms / steps if steps >= 3 else 0.0
    usual_ms = max(own_gap_ms, gap_ms or 0.0)
    return usual_ms * GAPS if own_gap_ms else max(RECENT_MS, usual_ms * GAPS)


def _ended(last: Ledger, tracked: Mapping[int, Tracked], serving: Serving | None) -> Sequence[int]:
    """The replies that have ended though their connections look like streams under way.

    A reply ends with the service of its request: there are never more streams than requests with
    a token written, and as many replies have ended as requests have left service. The quietest
    go first.
    """
    streams = [cookie for cookie, each in tracked.items() if each.phase is Phase.REPLYING]
    streams.sort(key=lambda cookie: -tracked[cookie].socket.last_sent_ms)
    quiet = sum(not tracked[cookie].is_sending for cookie in streams)
    if serving is None:
        return streams[:quiet]
    surplus = len(streams) - len(serving.tasks)
    left = len(last.serving.tasks - serving.tasks) if last.serving else quiet
    hidden = min(quiet, left - _visibly_ended(last, tracked))
    return streams[: max(surplus, hidden, 0)]


def _visibly_ended(last: Ledger, tracked: Mapping[int, Tracked]) -> int:
    """Replies under way at the last look whose end shows on the connection itself.

    It is closed, or carries the next request, or was not streamed and has its reply.
    """
    in_service = {each.cookie for each in running(last)}
    now = {cookie: tracked.get(cookie) for cookie in in_service}
    return sum(each is None or _is_over(last.tracked[cookie], each) for cookie, each in now.items())


def _is_over(before: Tracked, now: Tracked) -> bool:
    return now.phase is Phase.IDLE or now.socket.received_bytes > before.socket.received_bytes


def running(ledger: Ledger) -> tuple[Socket, ...]:
    """The connections in service: replies under way, then the oldest requests for the slots left.

    Ollama hands a model's slots out first come, first served; over several models the second
    part is an estimate.
    """
    replying, asked = ledger.in_phase(Phase.REPLYING), ledger.in_phase(Phase.ASKED)
    busy = ledger.serving.busy if ledger.serving else 0
    return replying + asked[: max(0, busy - len(replying))]

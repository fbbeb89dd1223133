"""Which connections to the API have a request outstanding, and where each stands. Pure.

Ollama tells neither. The kernel tells when each connection last carried data and how much; the
runners tell what they serve; from look to look this adds up to the exact count.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from ollama_top.sources.inet_diag import Socket

RECENT_MS = 150.0  # a stream that is not proved yet counts as one only this soon after a byte
LEAST_SERVICE_MS = (
    20  # from a request to the newest byte of a stream; what is answered sooner is no inference
)
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
    visibly_ended: int = 0  # replies seen to end since `serving` was looked at
    has_freed: bool = False  # a request has left service since the look before

    def in_phase(self, phase: Phase) -> tuple[Socket, ...]:
        """The connections in a phase; the longest outstanding first."""
        found = [each.socket for each in self.tracked.values() if each.phase is phase]
        return tuple(sorted(found, key=lambda each: -each.last_received_ms))


def glance(last: Ledger, at_s: float, sockets: Sequence[Socket]) -> Ledger:
    """The ledger after a look at the connections alone.

    Between two looks a reply can end and the next request come on the same connection; the more
    often one glances, the less of that is left to conclude.
    """
    gap_ms = last.serving.gap_ms if last.serving else None
    tracked = _track_all(last, at_s, sockets, gap_ms)
    return replace(last, at_s=at_s, tracked=tracked, visibly_ended=_visibly_ended(last, tracked))


def advance(last: Ledger, at_s: float, sockets: Sequence[Socket], serving: Serving | None) -> Ledger:
    """The ledger at a new look; `serving` is None where the runners cannot be seen."""
    tracked = _track_all(last, at_s, sockets, serving.gap_ms if serving else None)
    for cookie in _ended(last, tracked, serving):
        tracked[cookie] = Tracked(tracked[cookie].socket, Phase.IDLE)
    return Ledger(at_s, tracked, serving, 0, _has_freed(last.serving, serving))


def _has_freed(before: Serving | None, now: Serving | None) -> bool:
    return before is None or now is None or now.busy < before.busy or not before.tasks <= now.tasks


def _track_all(
    last: Ledger, at_s: float, sockets: Sequence[Socket], gap_ms: float | None
) -> dict[int, Tracked]:
    interval_ms = (at_s - last.at_s) * 1000
    return {each.cookie: _track(last.tracked.get(each.cookie), each, interval_ms, gap_ms) for each in sockets}


def _track(before: Tracked | None, now: Socket, interval_ms: float, gap_ms: float | None) -> Tracked:
    """What the counters of one connection say; a proved stream counts as under way even when silent."""
    if now.received_bytes == 0:
        return Tracked(now, Phase.IDLE)
    if now.sent_bytes == 0 or now.last_received_ms < now.last_sent_ms or _asked_unseen(before, now):
        return Tracked(now, Phase.ASKED)
    has_grown = before is not None and now.sent_bytes > before.socket.sent_bytes
    is_same_reply = before is not None and now.received_bytes == before.socket.received_bytes
    was_replying = before is not None and before.phase is Phase.REPLYING and is_same_reply
    is_stream = was_replying and before is not None and (before.is_stream or has_grown)
    took_long = now.last_received_ms - now.last_sent_ms >= LEAST_SERVICE_MS
    is_sending = took_long and now.last_sent_ms <= _patience_ms(before, now, interval_ms, gap_ms)
    may_be_slow = gap_ms is None and before is not None and before.phase is Phase.ASKED
    if is_stream or may_be_slow or (is_sending and (has_grown or before is None or was_replying)):
        return Tracked(now, Phase.REPLYING, is_stream, is_sending)
    return Tracked(now, Phase.IDLE)


def _asked_unseen(before: Tracked | None, now: Socket) -> bool:
    """Whether a request is outstanding whose times do not show it.

    When the next request came in the same tick of the kernel's clock in which the last reply
    ended, both times are equal and stay so. On a connection that carried no inference before, the
    same picture is a question answered at once.
    """
    if before is None or now.last_received_ms != now.last_sent_ms:
        return False
    if before.phase is Phase.ASKED and now.sent_bytes == before.socket.sent_bytes:
        return True
    has_asked = now.received_bytes - before.socket.received_bytes >= LEAST_REQUEST_BYTES
    took_long = before.phase is Phase.REPLYING or before.socket.last_received_ms >= LEAST_SERVICE_MS
    return has_asked and took_long and before.phase is not Phase.IDLE


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
    """Replies under way at the last look, or glance, whose end shows on the connection itself.

    It is closed, or carries the next request, or was not streamed and has its reply.
    """
    in_service = {each.cookie for each in running(last)}
    now = {cookie: tracked.get(cookie) for cookie in in_service}
    ended = sum(each is None or _is_over(last.tracked[cookie], each) for cookie, each in now.items())
    return last.visibly_ended + ended


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

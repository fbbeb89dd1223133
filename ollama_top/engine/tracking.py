"""Where one connection to the API stands, by the kernel's counters at two looks. Pure.

Must never conclude what only all connections and the runners together tell: whether a reply that
looks as if it were under way has ended is the ledger's to say.
"""

from enum import Enum
from typing import NamedTuple

from ollama_top.sources.inet_diag import Socket

LEAST_SERVICE_MS = 20  # from a request to the newest byte of its reply; what ends sooner is no inference
LEAST_REQUEST_BYTES = 180  # head and body of an inference request; a bare GET is smaller
RECENT_MS = 300.0  # a stream is taken to be under way so long after a byte
GAPS = 4.0  # and for so many of its usual steps


class Phase(Enum):
    """Where a connection stands between request and reply."""

    IDLE = "idle"  # no request, or its reply has ended
    ASKED = "asked"  # a request, and no byte of its reply
    REPLYING = "replying"  # the reply has begun and not ended


IDLE, ASKED, REPLYING = Phase
"""Names of their own, since Python 3.11 takes longer to look a member up than to compare all counters."""


class Tracked(NamedTuple):
    """A connection with what is concluded about it; a tuple, since thousands are made at a look."""

    socket: Socket
    phase: Phase
    is_inference: bool = False  # it has carried a request that took as long as inference does
    gap_ms: float = 0.0  # between two steps of its reply; 0 when not known yet

    def is_sending(self, usual_gap_ms: float = 0.0) -> bool:
        """Whether its last byte is no older than its rhythm explains, or the usual one."""
        return self.socket.last_sent_ms <= max(RECENT_MS, GAPS * self.gap_ms, GAPS * usual_gap_ms)

    @property
    def is_tied(self) -> bool:
        """Whether request and reply came in the same tick of the kernel's clock, so that neither is newer."""
        return bool(self.socket.sent_bytes) and self.socket.last_sent_ms == self.socket.last_received_ms

    @property
    def is_doubtful(self) -> bool:
        """Whether its request may as well be a question that was answered at once."""
        return self.phase is ASKED and self.is_tied


def track(before: Tracked | None, now: Socket, interval_ms: float) -> Tracked:
    """What the counters of one connection say; REPLYING if a reply has begun that may not have ended."""
    phase = _phase(before, now)
    is_inference = (
        phase is REPLYING
        or (before is not None and before.is_inference)
        or (now.last_received_ms >= LEAST_SERVICE_MS and has_asked(now))
    )
    return Tracked(now, phase, is_inference, _gap_ms(before, now, interval_ms))


def has_asked(now: Socket) -> bool:
    """Whether the counters alone prove a request without a byte of its reply."""
    return now.received_bytes > 0 and (now.sent_bytes == 0 or now.last_received_ms < now.last_sent_ms)


def has_replied(now: Socket) -> bool:
    """Whether the counters show a reply that took as long as inference does, ended or not."""
    return bool(now.received_bytes and now.sent_bytes) and (
        now.last_received_ms - now.last_sent_ms >= LEAST_SERVICE_MS
    )


def is_over(then: Tracked, now: Tracked | None) -> bool:
    """Whether the request outstanding `then` is over for certain: closed, followed by the next, or idle."""
    return now is None or now.phase is IDLE or now.socket.received_bytes > then.socket.received_bytes


def _phase(before: Tracked | None, now: Socket) -> Phase:
    if has_asked(now) or _asked_unseen(before, now):
        return ASKED
    if not has_replied(now):
        return IDLE
    if before is None or now.sent_bytes > before.socket.sent_bytes:
        return REPLYING
    is_same = before.phase is REPLYING and now.received_bytes == before.socket.received_bytes
    return REPLYING if is_same else IDLE


def _asked_unseen(before: Tracked | None, now: Socket) -> bool:
    """Whether a request is outstanding whose times do not show it.

    When the next request comes in the same tick of the kernel's clock in which the last reply
    ended, both times are equal and stay so. On a connection that carried no inference before, the
    same picture is a question answered at once.
    """
    if before is None or now.last_received_ms != now.last_sent_ms or before.phase is IDLE:
        return False
    if before.phase is ASKED and now.sent_bytes == before.socket.sent_bytes:
        return True
    return before.is_inference and now.received_bytes - before.socket.received_bytes >= LEAST_REQUEST_BYTES


def _gap_ms(before: Tracked | None, now: Socket, interval_ms: float) -> float:
    """The usual time between two steps of a stream that goes on."""
    if before is None or before.phase is not REPLYING:
        return 0.0
    steps = now.sent_segments - before.socket.sent_segments
    return max(0.0, interval_ms - now.last_sent_ms) / steps if steps > 0 else before.gap_ms

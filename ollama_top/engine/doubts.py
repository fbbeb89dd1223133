"""Which outstanding connections may be no inference, by what speaks against each. Pure.

Nothing that the kernel tells proves a request to be one for inference before a runner has it. So
each is taken for one until it behaves as none does:

- more of the request comes, and more, while its reply has not begun: an upload;
- a reply is under way that no runner can be writing: none was called between the request and the
  reply's beginning;
- no byte comes though its turn was long ago: a slot was free for it, or it was the oldest, and all
  that were in service then have ended.

The last may also be a request that waits for another model to be loaded.
"""

from bisect import bisect_left
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ollama_top.engine.ledger import TOGETHER_MS, Ledger
from ollama_top.engine.tracking import ASKED, REPLYING, Tracked, has_replied
from ollama_top.sources.inet_diag import Socket

SETTLING_MS = 3000  # on a busy machine until a request is read, its prompt prepared, and a slot taken
ROOM_MS = 5000  # for so long a slot is free for a request before it is held against it
ABREAST_MS = 1000  # of requests that come so close together any may be served first
SLACK_MS = 200  # a moment is noted so much later than it was, at worst
SIGHTS = 2  # in a row: one alone may be of a moment between two states


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What speaks against one request."""

    request: int  # bytes asked so far: more of them are the next request, or more of this one
    sent: int  # bytes of replies so far
    replies_since_s: float | None = None  # first seen with a part of its reply
    grown: int = 0  # sights at which more of it had come
    unexplained: int = 0  # sights at which no runner could be writing its reply
    served_with: frozenset[Hashable] | None = None  # what was in service when it had to be
    outlived: int = 0  # looks at which all of that had ended

    @property
    def is_strong(self) -> bool:
        """Whether it is doubted."""
        return max(self.grown, self.unexplained, self.outlived) >= SIGHTS


@dataclass(frozen=True, slots=True)
class Doubts:
    """What is held against the last request of every connection, by cookie."""

    by_cookie: Mapping[int, Suspicion] = field(default_factory=dict)
    runners: frozenset[int] = frozenset()  # processes at the last look
    room_since_s: float | None = None  # since when every look has found a free slot

    def doubted(self, ledger: Ledger) -> frozenset[int]:
        """The connections with a request outstanding that may be no inference."""
        outstanding = (*ledger.in_phase(ASKED), *ledger.in_phase(REPLYING))
        return frozenset(each.cookie for each in outstanding if self.by_cookie[each.cookie].is_strong)


@dataclass(frozen=True, slots=True)
class _Queue:
    """What says of a request at one look whether its turn has come."""

    tasks: frozenset[Hashable]  # in service
    ages_ms: Sequence[int]  # of all requests outstanding, ascending
    room_ms: float  # for how long a slot has been free
    is_only: bool  # whether one runner serves them all

    @classmethod
    def at(cls, ledger: Ledger, doubts: Doubts) -> "_Queue | None":
        """The queue at a look; None where the runners cannot be seen."""
        if ledger.serving is None:
            return None
        outstanding = (*ledger.in_phase(ASKED), *ledger.in_phase(REPLYING))
        room_ms = 0.0 if doubts.room_since_s is None else 1000 * (ledger.at_s - doubts.room_since_s)
        ages_ms = sorted(each.last_received_ms for each in outstanding)
        return cls(ledger.serving.tasks, ages_ms, room_ms, len(doubts.runners) == 1)

    def had_its_turn(self, asked_ms: int) -> bool:
        """Whether a request must be in service if it is one: there is room, or too few came before it."""
        if min(asked_ms, self.room_ms) > ROOM_MS:
            return True
        return self.is_only and asked_ms > ABREAST_MS and self._ahead(asked_ms) <= len(self.tasks)

    def _ahead(self, asked_ms: int) -> int:
        """How many came before a request, or so close to it that they may be served first."""
        return len(self.ages_ms) - bisect_left(self.ages_ms, asked_ms - ABREAST_MS)


def glance(last: Doubts, ledger: Ledger, calls: Sequence[Socket] | None) -> Doubts:
    """The doubts after a look at the connections alone; `calls` are the runners', None where unseen."""
    found = {
        cookie: _seen(last.by_cookie.get(cookie), each, ledger.at_s, calls)
        for cookie, each in ledger.tracked.items()
    }
    return replace(last, by_cookie=found)


def look(last: Doubts, ledger: Ledger, calls: Sequence[Socket] | None, runners: Collection[int]) -> Doubts:
    """The doubts after a look; a new runner may be what a request has waited for."""
    found = glance(last, ledger, calls).by_cookie
    if not last.runners >= frozenset(runners):
        found = {cookie: replace(each, served_with=None, outlived=0) for cookie, each in found.items()}
    has_room = ledger.serving is not None and ledger.serving.has_room
    since_s = (ledger.at_s if last.room_since_s is None else last.room_since_s) if has_room else None
    now = Doubts(found, frozenset(runners), since_s)
    queue = _Queue.at(ledger, now)
    turned = {cookie: _outlived(each, ledger.tracked[cookie], queue) for cookie, each in found.items()}
    return replace(now, by_cookie=turned)


def _seen(before: Suspicion | None, now: Tracked, at_s: float, calls: Sequence[Socket] | None) -> Suspicion:
    """What is held against a request at one more sight of it."""
    asked, sent = now.socket.received_bytes, now.socket.sent_bytes
    if before is None:
        before = Suspicion(asked, sent)
    elif before.request != asked:
        is_more = now.phase is ASKED and before.sent == sent and before.replies_since_s is None
        before = replace(before, request=asked, grown=before.grown + 1) if is_more else Suspicion(asked, sent)
    return _explained(before, now.socket, at_s, calls) if has_replied(now.socket) else before


def _explained(before: Suspicion, now: Socket, at_s: float, calls: Sequence[Socket] | None) -> Suspicion:
    """What a reply tells that may be under way; one that stands still may have ended."""
    if before.replies_since_s is not None and now.sent_bytes == before.sent:
        return before
    since_s = at_s if before.replies_since_s is None else before.replies_since_s
    unexplained = before.unexplained
    if calls is not None:
        earliest_ms, latest_ms = 1000 * (at_s - since_s) - SLACK_MS, now.last_received_ms + TOGETHER_MS
        is_explained = any(earliest_ms <= each.last_received_ms <= latest_ms for each in calls)
        unexplained = 0 if is_explained else before.unexplained + 1
    return Suspicion(
        before.request,
        now.sent_bytes,
        since_s,
        before.grown,
        unexplained,
        before.served_with,
        before.outlived,
    )


def _outlived(before: Suspicion, now: Tracked, queue: _Queue | None) -> Suspicion:
    """What it tells that others were served."""
    if now.phase is not ASKED or queue is None:
        return before if before.served_with is None else replace(before, served_with=None, outlived=0)
    if before.served_with is not None:
        has_ended = not (before.served_with & queue.tasks)
        return replace(before, outlived=before.outlived + 1 if has_ended else 0)
    if queue.had_its_turn(now.socket.last_received_ms):
        return replace(before, served_with=queue.tasks)
    return before

"""Which connections to the API have a request outstanding, and where each stands. Pure.

Ollama tells neither. The kernel tells when each connection last carried data and how much; the
runners tell what they serve, and their own connections when they last spoke; from look to look
this adds up to the exact count. It is off by one where the world looks the same either way:

- a question that is being answered at the very moment of a look counts as a request;
- a question that came in the same tick of the kernel's clock in which a reply ended on its
  connection, and was answered in it, counts as the next request until a slot is free; and a next
  request of that kind that nobody could see coming does not count until its reply begins;
- a reply that began since the last look does not count while its next word is on its way through
  the server, if others wait and a slot was given away since its last byte;
- a reply that began since the last look and ended with the last token of another counts until
  the other goes on.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from ollama_top.engine.tracking import Phase, Tracked, is_over, track
from ollama_top.model.reading import Source
from ollama_top.sources.inet_diag import Socket

TOGETHER_MS = 12  # ticks of the kernel's clock between two times of one moment
LATE_MS = 40  # from a runner's word until the server passes it on
LOST_MS = 1000  # for so long a server may hold back what may become a tool's call
SETTLED_MS = 200  # with a slot free a request is in service after so long


@dataclass(frozen=True, slots=True)
class Serving:
    """What the runners serve at one look."""

    source: Source  # SLOTS, or SOCKETS as soon as one runner is seen by its connections only
    tasks: frozenset[Hashable]  # a name for each request in service; each source has names of its own
    writing: int  # those of them that have a token written
    gap_ms: float | None = None  # between two tokens of the slowest of them; None when not known yet
    has_room: bool = False  # whether every runner could serve one more
    spoke_ms: tuple[int, ...] | None = None  # since each last said a word to the server; None: unseen
    newest_ms: int | None = None  # since the newest was given a slot, with all slots taken; else None

    @property
    def busy(self) -> int:
        """All requests in service, those whose prompt is being read included."""
        return len(self.tasks)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All connections at one look, by cookie, and what the runners were serving."""

    at_s: float = 0.0
    tracked: Mapping[int, Tracked] = field(default_factory=dict)
    serving: Serving | None = None
    looked: Mapping[int, Tracked] = field(default_factory=dict)  # as `tracked`, without later glances
    served: frozenset[int] = frozenset()  # of `looked`, the connections whose requests are in service
    has_freed: bool = False  # a request has left service since the look before
    concluded: frozenset[int] = frozenset()  # of `looked`, the replies that are only concluded to have ended

    def in_phase(self, phase: Phase) -> tuple[Socket, ...]:
        """The connections in a phase; the longest outstanding first."""
        found = [each.socket for each in self.tracked.values() if each.phase is phase]
        return tuple(sorted(found, key=attrgetter("last_received_ms"), reverse=True))

    def in_service(self, doubted: Collection[int]) -> frozenset[int]:
        """The connections whose requests are in service, if the doubted are none."""
        if not doubted and self.tracked is self.looked:
            return self.served
        certain = {cookie: each for cookie, each in self.tracked.items() if cookie not in doubted}
        return _served(certain, self.serving.busy if self.serving else 0)


def glance(last: Ledger, at_s: float, sockets: Sequence[Socket]) -> Ledger:
    """The ledger after a look at the connections alone.

    Between two looks a reply can end and the next request come on the same connection; the more
    often one glances, the less of that is left to conclude.
    """
    return replace(last, at_s=at_s, tracked=_track_all(last, at_s, sockets))


def advance(last: Ledger, at_s: float, sockets: Sequence[Socket], serving: Serving | None) -> Ledger:
    """The ledger at a new look; `serving` is None where the runners cannot be seen."""
    tracked = _track_all(last, at_s, sockets)
    if serving is None:
        ended = {each for each in _in(tracked, Phase.REPLYING) if not tracked[each].is_sending()}
    else:
        _turn(tracked, _mistaken(last, tracked, serving), Phase.REPLYING)
        ended = _ended(last, tracked, serving)
    _turn(tracked, ended, Phase.IDLE)
    if serving is not None:
        outstanding = sum(each.phase is not Phase.IDLE for each in tracked.values())
        _turn(tracked, _answered(tracked, serving, outstanding - serving.busy), Phase.IDLE)
        _turn(tracked, _unseen(tracked, serving.busy - outstanding), Phase.ASKED)
    served = _served(tracked, serving.busy if serving else 0)
    return Ledger(
        at_s, tracked, serving, tracked, served, _has_freed(last.serving, serving), frozenset(ended)
    )


def _served(tracked: Mapping[int, Tracked], busy: int) -> frozenset[int]:
    """The connections in service: replies under way, then the oldest requests for the slots left.

    Ollama hands a model's slots out first come, first served; over several models the second
    part is an estimate.
    """
    replying, asked = _in(tracked, Phase.REPLYING), _in(tracked, Phase.ASKED)
    asked.sort(key=lambda cookie: -tracked[cookie].socket.last_received_ms)
    return frozenset([*replying, *asked[: max(0, busy - len(replying))]])


def _has_freed(before: Serving | None, now: Serving | None) -> bool:
    return before is None or now is None or not before.tasks <= now.tasks


def _track_all(last: Ledger, at_s: float, sockets: Sequence[Socket]) -> dict[int, Tracked]:
    interval_ms = (at_s - last.at_s) * 1000
    return {each.cookie: track(last.tracked.get(each.cookie), each, interval_ms) for each in sockets}


def _in(tracked: Mapping[int, Tracked], phase: Phase) -> list[int]:
    """The connections in a phase, the freshest byte of a reply first."""
    found = [each.socket for each in tracked.values() if each.phase is phase]
    return [each.cookie for each in sorted(found, key=attrgetter("last_sent_ms"))]


def _ended(last: Ledger, tracked: Mapping[int, Tracked], serving: Serving) -> set[int]:
    """The replies that have ended though their connections look like streams under way."""
    streams = _in(tracked, Phase.REPLYING)
    moving = _moving(streams, tracked, serving)
    known = _known(last, tracked)
    likely = sorted(streams, key=lambda cookie: cookie not in moving)  # keeps the freshest first
    kept = [each for each in likely if each in known]
    kept = kept[: len(kept) - _left(last, tracked, serving, moving)]
    under_way = sorted({*kept, *(moving - known)}, key=streams.index)[: serving.writing]
    unexplained = serving.busy - len(under_way) - len(_in(tracked, Phase.ASKED))
    quiet = [each for each in likely if each not in under_way]
    return set(quiet[max(0, min(unexplained, serving.writing - len(under_way))) :])


def _moving(streams: Sequence[int], tracked: Mapping[int, Tracked], serving: Serving) -> set[int]:
    """The replies that carry on what a runner says as it says it; where that is unseen, by their rhythm."""
    if serving.spoke_ms is None:
        return {each for each in streams if tracked[each].is_sending(serving.gap_ms or 0.0)}
    voices = sorted(serving.spoke_ms)
    moving = set()
    for cookie in streams:
        sent_ms = tracked[cookie].socket.last_sent_ms
        voice = next((each for each in voices if -LATE_MS <= each - sent_ms <= TOGETHER_MS), None)
        if voice is not None:
            voices.remove(voice)
        if voice is not None or sent_ms <= TOGETHER_MS:
            moving.add(cookie)
    return moving | _held_up(streams, moving, voices, tracked, serving)


def _held_up(
    streams: Sequence[int],
    moving: Collection[int],
    voices: Sequence[int],
    tracked: Mapping[int, Tracked],
    serving: Serving,
) -> set[int]:
    """The replies whose next word is still on its way through the server, of the `voices` left over.

    It hides the word before, by which the reply would be known. The word cannot be the first of a
    next request if all slots are taken and none was given away since the reply's last byte.
    """
    if serving.newest_ms is None:
        return set()
    on_its_way = sum(each <= LATE_MS for each in voices)
    since_ms = serving.newest_ms - LATE_MS
    quiet = [each for each in streams if each not in moving]
    return {each for each in quiet[:on_its_way] if tracked[each].socket.last_sent_ms < since_ms}


def _known(last: Ledger, tracked: Mapping[int, Tracked]) -> set[int]:
    """The connections whose request was in service at the last look already and is not over for certain."""
    return {each for each in last.served if not is_over(last.looked[each], tracked.get(each))}


def _left(last: Ledger, tracked: Mapping[int, Tracked], serving: Serving, moving: set[int]) -> int:
    """How many of the replies known from the last look have ended: as many as requests left service.

    Those that are over for certain are not known any more. Of requests that came together it is
    not certain which were in service: what of the others has ended may account for the rest.
    """
    if last.serving is None:
        return 0
    known = _known(last, tracked)
    quiet = [each for each in known if tracked[each].phase is Phase.REPLYING and each not in moving]
    if last.serving.source is not serving.source:
        return len(quiet)
    most = len(last.serving.tasks - serving.tasks) - len(last.served - known)
    asked = [cookie for cookie, each in last.looked.items() if each.phase is Phase.ASKED]
    also = sum(_has_ended(last, tracked, each, moving) for each in asked if each not in last.served)
    lost = sum(_is_lost(tracked[each].socket, serving) for each in quiet)
    return max(lost, min(max(len(quiet), most - also), most))


def _mistaken(last: Ledger, tracked: Mapping[int, Tracked], serving: Serving) -> Sequence[int]:
    """The replies that were concluded to have ended at the last look, in the place of others.

    A slot is free a moment before its reply ends. At a look in that moment the wrong reply may be
    held for the one that ended; it shows when the right one is over and no slot more is free.
    """
    if last.serving is None or last.serving.source is not serving.source:
        return []
    over = len(last.served - _known(last, tracked)) - len(last.serving.tasks - serving.tasks)
    resting = [each for each in _in(tracked, Phase.IDLE) if each in last.concluded]
    return [each for each in resting if not _is_next(last.looked[each], tracked[each])][: max(0, over)]


def _is_next(then: Tracked, now: Tracked) -> bool:
    return now.socket.received_bytes > then.socket.received_bytes


def _is_lost(socket: Socket, serving: Serving) -> bool:
    """Whether a reply has been silent for too long while the runners went on."""
    return serving.spoke_ms is not None and socket.last_sent_ms > max(serving.spoke_ms, default=0) + LOST_MS


def _has_ended(last: Ledger, tracked: Mapping[int, Tracked], cookie: int, moving: set[int]) -> bool:
    now = tracked.get(cookie)
    if is_over(last.looked[cookie], now):
        return True
    return now is not None and now.phase is Phase.REPLYING and cookie not in moving


def _answered(tracked: Mapping[int, Tracked], serving: Serving, surplus: int) -> Sequence[int]:
    """Of the doubtful requests the surplus that would be in service if they were any: there is room."""
    doubtful = [cookie for cookie in _in(tracked, Phase.ASKED) if tracked[cookie].is_doubtful]
    settled = [each for each in doubtful if tracked[each].socket.last_received_ms > SETTLED_MS]
    is_momentary = surplus > len(doubtful)  # somebody waits for certain: the slot is changing hands
    return settled[-surplus:] if serving.has_room and surplus > 0 and not is_momentary else []


def _unseen(tracked: Mapping[int, Tracked], lacking: int) -> Sequence[int]:
    """The connections on which the requests in service must be that no connection shows."""
    idle = [tracked[cookie] for cookie in _in(tracked, Phase.IDLE)]
    asking = [each.socket.cookie for each in idle if each.is_tied and each.is_inference]
    return asking[: max(0, lacking)]


def _turn(tracked: dict[int, Tracked], cookies: Iterable[int], phase: Phase) -> None:
    for cookie in cookies:
        tracked[cookie] = tracked[cookie]._replace(phase=phase)

"""What the runners serve at one look, from their slots or, where they tell none, their sockets. Pure."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from ollama_top.engine.ledger import Serving
from ollama_top.engine.tracking import LEAST_REQUEST_BYTES
from ollama_top.model.reading import Source
from ollama_top.ollama.slots import SlotReply
from ollama_top.sources.inet_diag import Socket

SlotKey = tuple[int, int]
"""Process of the runner, number of the slot."""


@dataclass(frozen=True, slots=True)
class Written:
    """How far one request was at a look."""

    task: int | None
    tokens: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Pace:
    """What one slot wrote between two looks."""

    tokens: int
    seconds: float
    is_whole: bool  # the request was writing all the time between

    @property
    def tokens_per_s(self) -> float | None:
        """The rate; None where the request, or its answer, began between the looks."""
        return self.tokens / self.seconds if self.is_whole and self.seconds > 0 else None


@dataclass(frozen=True, slots=True)
class Rate:
    """What a runner writes."""

    tokens_per_s: float
    is_seen: bool  # of every slot that writes; else some of it is worked out


def paces(last: Mapping[SlotKey, Written], now: Mapping[SlotKey, Written]) -> dict[SlotKey, Pace]:
    """What every slot wrote since the last look; slots not seen before are left out."""
    found = {}
    for key, written in now.items():
        before = last.get(key)
        if before is None or written.at_s <= before.at_s:
            continue
        is_same = before.task == written.task and written.tokens >= before.tokens
        tokens = written.tokens - before.tokens if is_same else written.tokens
        found[key] = Pace(tokens, written.at_s - before.at_s, is_same and before.tokens > 0)
    return found


def rate(now: Mapping[SlotKey, Written], pace: Mapping[SlotKey, Pace], usual: float | None) -> Rate | None:
    """What the slots of one runner write together; None where it is not known of any that writes.

    A slot whose answer began since the last look counts at the mean of the others, which take
    their steps together, or else at `usual`.
    """
    writing = [pace.get(key) for key, each in now.items() if each.tokens]
    known = [each.tokens_per_s for each in writing if each is not None and each.tokens_per_s is not None]
    lacking = len(writing) - len(known)
    if lacking == 0:
        return Rate(sum(known, 0.0), is_seen=True)
    guess = sum(known) / len(known) if known else usual
    return None if guess is None else Rate(sum(known) + lacking * guess, is_seen=False)


def written(runner_pid: int, slots: Sequence[SlotReply], at_s: float) -> dict[SlotKey, Written]:
    """How far each busy slot of a runner is; an idle one has written nothing."""
    return {
        (runner_pid, each.slot): Written(
            each.task if each.busy else None, each.decoded_tokens if each.busy else 0, at_s
        )
        for each in slots
    }


def serving(
    now: Mapping[SlotKey, Written], pace: Mapping[SlotKey, Pace], connections: Sequence[Socket]
) -> Serving:
    """The requests in service in slots, with the time between two tokens of the slowest."""
    busy = {key: each for key, each in now.items() if each.task is not None}
    tasks: frozenset[Hashable] = frozenset((*key, each.task) for key, each in busy.items())
    gaps = [1000 * pace[key].seconds / pace[key].tokens for key in busy if key in pace and pace[key].tokens]
    return Serving(
        Source.SLOTS,
        tasks,
        writing=sum(each.tokens > 0 for each in busy.values()),
        gap_ms=max(gaps, default=None),
        has_room=len(busy) < len(now),
        spoke_ms=_spoke_ms(connections, len(busy)),
        newest_ms=_newest_ms(connections, len(busy)) if len(busy) == len(now) else None,
    )


def _newest_ms(connections: Sequence[Socket], busy: int) -> int | None:
    """Since the newest request was handed to the runner; None where they do not explain the slots."""
    asked_ms = [each.last_received_ms for each in connections if each.received_bytes >= LEAST_REQUEST_BYTES]
    return min(asked_ms, default=None) if len(asked_ms) >= busy else None


def _spoke_ms(connections: Sequence[Socket], busy: int) -> tuple[int, ...] | None:
    """Since each request in service last carried a word; None where they do not explain the slots."""
    asked = [each for each in connections if each.received_bytes >= LEAST_REQUEST_BYTES]
    return tuple(each.last_sent_ms for each in asked if each.sent_bytes) if len(asked) >= busy else None


def together(parts: Sequence[Serving]) -> Serving:
    """What several runners serve, as one."""
    gaps = [each.gap_ms for each in parts if each.gap_ms is not None]
    spoke = [each.spoke_ms for each in parts if each.spoke_ms is not None]
    newest = [each.newest_ms for each in parts if each.newest_ms is not None]
    return Serving(
        Source.SLOTS if all(each.source is Source.SLOTS for each in parts) else Source.SOCKETS,
        frozenset().union(*(each.tasks for each in parts)),
        writing=sum(each.writing for each in parts),
        gap_ms=max(gaps, default=None),
        has_room=bool(parts) and all(each.has_room for each in parts),
        spoke_ms=tuple(chain.from_iterable(spoke)) if len(spoke) == len(parts) else None,
        newest_ms=min(newest) if newest and len(newest) == len(parts) else None,
    )

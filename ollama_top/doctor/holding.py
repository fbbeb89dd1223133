"""The largest of several numbers for which memory has room, for all loaded models together. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ollama_top.columns.formats import memory
from ollama_top.doctor import price
from ollama_top.doctor.price import Room, Span
from ollama_top.doctor.wished import Subject, terms_now, wished
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Known, Missing, Source
from ollama_top.model.what_if import Fit, Memory
from ollama_top.ollama.wishes import Wish

NOT_LOADED = "no model is loaded: what a request takes is known only of one that is"


class UnknownError(Exception):
    """What would have to be known is not; the text says why."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a wish costs all loaded models together, in one kind of memory."""

    there: Room
    more: Span


def largest(
    numbers: Iterable[int], wish: Callable[[int], Wish], subjects: Sequence[Subject], snapshot: Snapshot
) -> tuple[int, str]:
    """The first number that fits, and what it costs in words; raises UnknownError."""
    if not subjects:
        raise UnknownError(NOT_LOADED)
    for number in numbers:
        costs = [*_costs(subjects, wish(number), snapshot).values()]
        if all(map(_fits, costs)):
            return number, " and ".join(map(_told, costs))
    raise UnknownError("memory has no room for even the least of it")


def _costs(subjects: Sequence[Subject], wish: Wish, snapshot: Snapshot) -> dict[Memory, Cost]:
    """By the kind of memory: what all models that lie there would take beyond what they take now."""
    found: dict[Memory, Cost] = {}
    for each in subjects:
        there = price.room_of(each, snapshot)
        more, before = _more(each, wish, there), found.get(there.place, Cost(there, Span(0, 0))).more
        found[there.place] = Cost(there, Span(before.least + more.least, before.most + more.most))
    return found


def _more(subject: Subject, wish: Wish, there: Room) -> Span:
    now = terms_now(subject)
    if isinstance(now, Missing):
        raise UnknownError(f"how {subject.described.name} is served now is not known: {now.hint}")
    found = wished(subject, wish)
    more = price.more(subject, found, there)
    if isinstance(more, Missing):
        raise UnknownError(more.hint)
    if found.refusal is not None:
        raise UnknownError(found.refusal)
    return more.value


def _fits(cost: Cost) -> bool:
    fit = price.fit(Known(cost.more, Source.ESTIMATE), cost.there)
    if fit is Fit.UNKNOWN and isinstance(cost.there.free, Missing):
        raise UnknownError(f"how much memory is free is not known: {cost.there.free.hint}")
    return fit is Fit.FITS


def _told(cost: Cost) -> str:
    where = " of RAM" if cost.there.place is Memory.RAM else ""
    sign = "+" if cost.more.most >= 0 else ""
    free = cost.there.free
    beside = f", free {memory(free.value)}" if isinstance(free, Known) else ""
    return f"{sign}{memory(cost.more.most)}{where}{beside}"

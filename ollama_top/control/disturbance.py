"""What a restart of the server costs now, in sentences: requests, and models that are loaded again. Pure."""

from collections.abc import Iterator

from ollama_top.columns.formats import span
from ollama_top.control.sight import name_of
from ollama_top.model.frame import Frame
from ollama_top.model.queue import Precision
from ollama_top.model.reading import value_or

DOWN = "The server is down for a moment: who calls it then is refused."


def costs(frame: Frame, *, is_held: bool = False) -> tuple[str, ...]:
    """Of a restart now; `is_held` where a proxy keeps new requests back meanwhile."""
    requests = _held(frame) if is_held else (*_dropped(frame), DOWN)
    return (*requests, *_unloaded(frame))


def in_flight(frame: Frame) -> int | None:
    """Requests in service and waiting; None where that cannot be told."""
    queue = frame.snapshot.queue
    running, waiting = value_or(queue.running, None), value_or(queue.waiting, None)
    return None if running is None or waiting is None else running + waiting


def _dropped(frame: Frame) -> Iterator[str]:
    number, queue = in_flight(frame), frame.snapshot.queue
    if number is None:
        yield "Whether requests are in flight cannot be told: those that are get an error."
    elif number:
        most = "up to " if queue.precision is Precision.UPPER_BOUND else ""
        verb = "are" if number > 1 else "is"
        yield f"{most}{_counted(number)} in flight {verb} dropped with an error.".capitalize()
    else:
        yield "No request is in flight."


def _held(frame: Frame) -> Iterator[str]:
    proxies = frame.snapshot.proxies
    inside, opaque = sum(each.running for each in proxies), sum(each.opaque for each in proxies)
    yield "The proxy keeps new requests back until the server is ready: they take longer, and do not fail."
    if inside:
        yield f"{_counted(inside)} through it are waited for; where they take too long, nothing is done."
    if opaque:
        yield f"{opaque} of its connections cannot be read, and are dropped."
    number = in_flight(frame)
    if number is None or number > inside:
        beside = "Requests" if number is None else _counted(number - inside)
        yield f"{beside} beside the proxy, if they run then, are dropped with an error."


def _counted(number: int) -> str:
    return f"{number} request{'s' if number > 1 else ''}"


def _unloaded(frame: Frame) -> Iterator[str]:
    for model in frame.snapshot.models:
        took = value_or(model.load_s, None)
        how_long = f", which took {span(took)} last time" if took is not None else ""
        name = name_of(model) or "A model"
        yield f"{name} is unloaded: the next request for it loads it again{how_long}."

"""What a monitor knows of one proxy: its feed, folded event by event. Pure."""

from dataclasses import dataclass, replace

from ollama_top.model.exchange import ENDED, Exchange
from ollama_top.model.feed_event import Changed, Facts, FeedEvent, Hello, Moved, Ready, Step
from ollama_top.model.proxy import Proxy
from ollama_top.model.reading import Known, Source

MOST_FINISHED = 1000


@dataclass(frozen=True, slots=True)
class Tapped:
    """One proxy as its feed tells."""

    path: str  # of the feed
    proxy: Proxy | None = None  # None before the feed has said a word
    running: tuple[Exchange, ...] = ()  # the oldest first
    finished: tuple[Exchange, ...] = ()  # the newest last; as many as are remembered
    is_ready: bool = False  # all that there was has been told
    problem: str | None = None  # why the feed says nothing now; what is known is of earlier then


def fold(tapped: Tapped, event: FeedEvent) -> Tapped:
    """What is known after one more event."""
    match event:
        case Hello(proxy):
            return Tapped(tapped.path, proxy)
        case Ready():
            return replace(tapped, is_ready=True)
        case Facts(proxy):
            return replace(tapped, proxy=proxy)
        case Changed(exchange):
            return _changed(tapped, exchange)
        case Moved(steps):
            moved = {each.id: each for each in steps}
            return replace(tapped, running=tuple(_moved(each, moved) for each in tapped.running))
    return tapped


def _changed(tapped: Tapped, exchange: Exchange) -> Tapped:
    others = tuple(each for each in tapped.running if each.id != exchange.id)
    if exchange.phase in ENDED:
        finished = (*tapped.finished, exchange)[-MOST_FINISHED:]
        return replace(tapped, running=others, finished=finished)
    if len(others) == len(tapped.running):
        return replace(tapped, running=(*others, exchange))
    running = tuple(exchange if each.id == exchange.id else each for each in tapped.running)
    return replace(tapped, running=running)


def _moved(exchange: Exchange, steps: dict[int, Step]) -> Exchange:
    step = steps.get(exchange.id)
    if step is None:
        return exchange
    pieces = Known(max(1, step.pieces), Source.ESTIMATE)
    return replace(exchange, output_tokens=pieces, reply_bytes=step.reply_bytes)

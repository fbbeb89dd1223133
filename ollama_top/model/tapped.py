"""What a monitor knows of one proxy: its feed, folded event by event. Pure."""

from dataclasses import dataclass, replace

from ollama_top.model.exchange import ENDED, Exchange
from ollama_top.model.feed_event import Changed, Facts, FeedEvent, Hello, Moved, Ready, Step
from ollama_top.model.proxy import Proxy
from ollama_top.model.reading import Known, Source

MOST_FINISHED = 1000
GONE = "no proxy listens there any more"


@dataclass(frozen=True, slots=True)
class Tapped:
    """One proxy as its feed tells."""

    path: str  # of the feed
    proxy: Proxy | None = None  # None before the feed has said a word
    running: tuple[Exchange, ...] = ()  # the oldest first
    finished: tuple[Exchange, ...] = ()  # the newest last; as many as are remembered
    is_ready: bool = False  # all that there was has been told
    problem: str | None = None  # why the feed says nothing now; what is known is of earlier then
    is_named: bool = False  # by the user, who wants to know why it tells nothing


def fold(tapped: Tapped, event: FeedEvent) -> Tapped:
    """What is known after one more event."""
    match event:
        case Hello(proxy):
            return Tapped(tapped.path, proxy, is_named=tapped.is_named)
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
    """Told again, it takes its own place; when it has ended, it goes over to the finished ones."""
    if exchange.phase not in ENDED:
        return replace(tapped, running=_put(tapped.running, exchange))
    running = tuple(each for each in tapped.running if each.id != exchange.id)
    return replace(tapped, running=running, finished=_put(tapped.finished, exchange)[-MOST_FINISHED:])


def _put(exchanges: tuple[Exchange, ...], exchange: Exchange) -> tuple[Exchange, ...]:
    if all(each.id != exchange.id for each in exchanges):
        return (*exchanges, exchange)
    return tuple(exchange if each.id == exchange.id else each for each in exchanges)


def _moved(exchange: Exchange, steps: dict[int, Step]) -> Exchange:
    step = steps.get(exchange.id)
    if step is None:
        return exchange
    pieces = Known(max(1, step.pieces), Source.ESTIMATE)
    return replace(exchange, output_tokens=pieces, reply_bytes=step.reply_bytes)

"""From what proxies tell to requests that are known exactly, and to what became of the last ones. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ollama_top.engine.proxied import Proxied, end_of
from ollama_top.engine.standing import Standing, standings
from ollama_top.model.exchange import Exchange
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, Reading, Source
from ollama_top.model.request import Request, RequestState
from ollama_top.model.slot import Slot

MOST_ENDED = 200


def with_exchanges(
    requests: Sequence[Request],
    proxied: Proxied,
    models: Sequence[LoadedModel],
    slots: Sequence[Slot],
) -> tuple[Request, ...]:
    """The requests as connections show them; of those that pass a proxy what it tells goes before that."""
    passing = [each for each in requests if each.client_address in proxied.by_end]
    if not passing:
        return tuple(requests)
    asked = {each.client_address for each in passing}
    told = [each for each in proxied.inference if end_of(each) in asked]
    found = standings(told, models, slots, others=len(requests) - len(passing))
    by_end = {end_of(each.exchange): each for each in found}
    return tuple(_told(each, by_end) for each in requests)


def alone(proxied: Proxied, taken_at: datetime) -> tuple[Request, ...]:
    """The requests that pass proxies, where the server's connections cannot be seen."""
    found = standings(proxied.inference, (), (), others=0)
    return tuple(_request(each, _age_s(each.exchange, taken_at)) for each in found)


def ended_of(proxied: Proxied) -> tuple[Exchange, ...]:
    """The newest exchanges that have ended, those of all proxies together, the newest last."""
    ended = sorted((each for tap in proxied.taps for each in tap.finished), key=lambda each: each.began_at)
    return tuple(ended[-MOST_ENDED:])


def _told(request: Request, by_end: Mapping[str, Standing]) -> Request:
    """What the proxy tells; where the model's runner leaves open whether it is served, what sockets tell."""
    standing = by_end.get(request.client_address)
    if standing is None:
        return request
    if standing.state is RequestState.UNKNOWN:
        standing = Standing(standing.exchange, request.state, request.source)
    return _request(standing, request.age_s)


def _age_s(exchange: Exchange, taken_at: datetime) -> Reading[float]:
    """By the time of day, where no connection tells it."""
    return Known(max(0.0, (taken_at - exchange.began_at).total_seconds()), Source.PROXY)


def _request(standing: Standing, age_s: Reading[float]) -> Request:
    exchange = standing.exchange
    return Request(
        state=standing.state,
        model=exchange.model,
        client=exchange.client,
        client_pid=exchange.client_pid,
        client_address=exchange.client_address,
        age_s=age_s,
        source=standing.source,
        exchange=exchange,
    )

"""Requests that pass a proxy: what it tells goes before what connections show, and none is counted twice."""

from typing import Any

import pytest
from engine_samples import (
    NAME,
    PORT,
    api,
    client,
    connection,
    listed,
    samples,
    shown,
    slot,
    snapshot,
    traffic,
)
from exchanges import NOW, PROXY_PID, done, exchange, tapped

from ollama_top.engine.assemble_exchanges import MOST_ENDED
from ollama_top.engine.samples import Samples
from ollama_top.model.exchange import Phase, Route
from ollama_top.model.queue import Precision
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.request import RequestState
from ollama_top.sources.inet_diag import Endpoint, Socket
from ollama_top.sources.processes import TreeLook

RUNNING, WAITING = RequestState.RUNNING, RequestState.WAITING
FULL = {PORT: [slot(0, task=1, decoded=50), slot(1, task=2, decoded=50)]}
OF_THE_PROXY = client("ollama-top", pid=Known(PROXY_PID, Source.PROCESSES))
STREAMING = {"phase": Phase.STREAMING, "ttft_s": Known(0.5, Source.PROXY)}


def end(number: int) -> Endpoint:
    return connection(number).remote


def streaming(number: int) -> Socket:
    return connection(number, asked_ms=5000, said_ms=10, sent_bytes=5000)


def look(*running: Any, **changes: Any) -> Samples:
    """Two streams, one through the proxy and one beside it, and two more through it that wait."""
    served = (
        streaming(1),
        streaming(2),
        connection(3, asked_ms=4990),
        connection(4, asked_ms=4980),
        connection(5, asked_ms=9000, said_ms=8000),
        *changes.pop("more", ()),
    )
    clients = {end(number): OF_THE_PROXY for number in (1, 3, 4, 5, 6)} | {end(2): client("bot.py")}
    seen = traffic(*served, slots=FULL, clients=clients)
    tap = changes.pop("tap", tapped(*(running or passing())))
    return samples(traffic=seen, taps=(tap,), **changes)


def passing() -> tuple[Any, ...]:
    return (
        exchange(1, calls_from=40_001, **STREAMING),
        exchange(3, calls_from=40_003),
        exchange(4, calls_from=40_004),
    )


def test_rows_tell_the_client_behind_the_proxy_and_those_beside_it_are_marked() -> None:
    found = snapshot(look())
    rows = {each.client_address: each for each in found.requests}
    assert set(rows) == {"127.0.0.1:50001", "127.0.0.1:50003", "127.0.0.1:50004", "127.0.0.1:40002"}
    through, beside = rows["127.0.0.1:50001"], rows["127.0.0.1:40002"]
    assert (through.client, through.model) == (Known("curl", Source.PROCESSES), Known(NAME, Source.PROXY))
    assert (through.state, through.source, through.age_s) == (
        RUNNING,
        Source.PROXY,
        Known(5.0, Source.SOCKETS),
    )
    assert through.exchange is not None
    assert through.exchange.ttft_s == Known(0.5, Source.PROXY)
    assert (beside.exchange, beside.source, beside.state) == (None, Source.SOCKETS, RUNNING)


def test_the_queue_is_as_exact_as_without_a_proxy() -> None:
    queue = snapshot(look()).queue
    assert (queue.running, queue.waiting) == (Known(2, Source.SLOTS), Known(2, Source.SOCKETS))
    assert queue.precision is Precision.EXACT


def test_what_the_proxy_does_not_know_is_counted_as_without_it() -> None:
    unknown = connection(6, asked_ms=900)
    assert len(snapshot(look(more=[unknown])).requests) == len(snapshot(look()).requests) + 1


def test_a_pull_through_a_proxy_is_no_request() -> None:
    pull = exchange(4, calls_from=40_004, route=Route.PULL)
    found = snapshot(look(*passing()[:2], pull))
    assert len(found.requests) == 3
    assert found.queue.waiting == Known(1, Source.SOCKETS)


def test_which_model_is_waited_for_is_known_where_all_pass_the_proxy() -> None:
    clients = {end(number): OF_THE_PROXY for number in (1, 2, 3)}
    served = (streaming(1), streaming(2), connection(3, asked_ms=4990))
    other = exchange(3, calls_from=40_003, model=Known("b", Source.PROXY))
    tap = tapped(
        exchange(1, calls_from=40_001, **STREAMING), exchange(2, calls_from=40_002, **STREAMING), other
    )
    found = snapshot(
        samples(
            api=api(listed(), listed("b"), shows={NAME: shown(), "b": shown("/b")}),
            traffic=traffic(*served, slots=FULL, clients=clients),
            taps=(tap,),
        )
    )
    waiting = {each.name: each.waiting for each in found.models}
    assert waiting[Known(NAME, Source.API)] == Known(0, Source.PROXY)
    assert waiting[Known("b", Source.API)] == Known(1, Source.PROXY)


def test_without_sight_of_the_connections_the_proxy_s_word_is_all_there_is() -> None:
    found = snapshot(samples(is_local=False, tree=None, traffic=None, taps=(tapped(*passing()),)))
    assert [each.state for each in found.requests].count(RUNNING) == 1
    assert len(found.requests) == 3
    assert isinstance(found.queue.waiting, Missing)


@pytest.mark.parametrize(
    "served", [(), (connection(1, asked_ms=900),)], ids=["redirected", "by docker-proxy"]
)
def test_a_server_in_a_container_has_the_requests_of_its_proxy(served: tuple[Socket, ...]) -> None:
    """Whether the kernel redirects the port or a program passes on what comes: its own ends are elsewhere."""
    elsewhere = Missing(Why.NOT_LOCAL, "the server is behind it, elsewhere")
    here = TreeLook(elsewhere, (), elsewhere, elsewhere, elsewhere)
    found = snapshot(samples(tree=here, traffic=traffic(*served, slots={}), taps=(tapped(*passing()),)))
    assert len(found.requests) == 3
    assert all(each.exchange is not None for each in found.requests)
    assert found.queue.waiting == elsewhere


def test_the_newest_ends_are_told_and_what_they_come_to() -> None:
    many = tuple(done(number, later_s=number) for number in range(1, MOST_ENDED + 50))
    found = snapshot(samples(taps=(tapped(finished=many),)))
    assert len(found.exchanges) == MOST_ENDED
    assert found.exchanges[-1].id == MOST_ENDED + 49
    assert found.by_model[0].answered == MOST_ENDED + 49
    assert found.by_client[0].name == "curl"
    assert [each.pid for each in found.proxies] == [PROXY_PID]
    assert found.exchanges[0].began_at > NOW

"""The queue and the requests of a Snapshot: counts, states, clients, and what may be doubted."""

from dataclasses import replace
from typing import Any

import pytest
from engine_samples import (
    NAME,
    PID,
    PORT,
    api,
    client,
    connection,
    go_runner,
    listed,
    reason,
    runner,
    samples,
    shown,
    slot,
    snapshot,
    traffic,
    tree,
    value,
)

from ollama_top.engine.samples import Samples
from ollama_top.model.frame import Snapshot
from ollama_top.model.queue import Precision
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.request import RequestState
from ollama_top.ollama.log.loads import LoadedRunner
from ollama_top.sources.clients import Client
from ollama_top.sources.inet_diag import ESTABLISHED, Endpoint, Socket
from ollama_top.sources.runners import SlotsLook

RUNNING, WAITING, UNKNOWN = RequestState.RUNNING, RequestState.WAITING, RequestState.UNKNOWN
FULL = {PORT: [slot(0, task=1, decoded=50), slot(1, task=2, decoded=50)]}
TWO_MODELS = {
    "api": api(listed("a"), listed("b"), shows={"a": shown(), "b": shown("/b")}),
    "tree": tree(runner(), runner("/b", PID + 1)),
}


def streaming(number: int, asked_ms: int) -> Socket:
    return connection(number, asked_ms=asked_ms, said_ms=10, sent_bytes=5000)


def six(**changes: Any) -> Samples:
    """Two streams under way, four requests that wait, and a connection that rests."""
    served = [
        streaming(1, 5000),
        streaming(2, 4990),
        *(connection(number, asked_ms=5000 - number) for number in range(3, 7)),
        connection(9, asked_ms=60_000, said_ms=60_000),
    ]
    return samples(traffic=traffic(*served, slots=FULL, **changes))


def states(found: Snapshot) -> list[tuple[int, RequestState]]:
    """The clients' ports, the longest in flight first, and where their requests stand."""
    return [(int(each.client_address.rpartition(":")[2]) - 40_000, each.state) for each in found.requests]


def test_two_run_and_four_wait() -> None:
    found = snapshot(six())
    assert found.queue.running == Known(2, Source.SLOTS)
    assert found.queue.waiting == Known(4, Source.SOCKETS)
    assert (found.queue.precision, found.queue.precision_note) == (Precision.EXACT, None)
    assert found.queue.source is Source.SOCKETS
    assert found.queue.oldest_wait_s == Known(4.997, Source.SOCKETS)
    assert states(found) == [
        (1, RUNNING),
        (3, WAITING),
        (4, WAITING),
        (5, WAITING),
        (6, WAITING),
        (2, RUNNING),
    ]
    assert found.models[0].waiting == Known(4, Source.SOCKETS)
    assert {each.model for each in found.requests} == {Known(NAME, Source.ESTIMATE)}
    assert {each.source for each in found.requests} == {Source.SOCKETS}


def test_of_requests_without_a_byte_the_oldest_are_taken_to_run() -> None:
    served = [connection(number, asked_ms=5000 - 100 * number) for number in range(1, 5)]
    found = snapshot(samples(traffic=traffic(*served, slots=FULL)))
    assert states(found) == [(1, RUNNING), (2, RUNNING), (3, WAITING), (4, WAITING)]
    assert {each.source for each in found.requests} == {Source.ESTIMATE}


def test_with_several_models_which_wait_is_not_guessed() -> None:
    served = [streaming(1, 9000), *(connection(number, asked_ms=5000 - number) for number in (2, 3))]
    slots = {PORT: [slot(0, task=1, decoded=9), slot(1, task=2, decoded=9)], PORT + 1: [slot(0)]}
    found = snapshot(samples(**TWO_MODELS, traffic=traffic(*served, slots=slots)))
    assert states(found) == [(1, RUNNING), (2, UNKNOWN), (3, UNKNOWN)]
    assert {reason(each.model).why for each in found.requests} == {Why.AMBIGUOUS}
    assert found.queue.waiting == Known(1, Source.SOCKETS)
    assert reason(found.queue.oldest_wait_s).why is Why.AMBIGUOUS
    assert [reason(each.waiting).why for each in found.models] == [Why.AMBIGUOUS] * 2


def test_with_several_models_and_none_that_waits_each_has_none() -> None:
    found = snapshot(samples(**TWO_MODELS, traffic=traffic(slots={PORT: [slot(0)], PORT + 1: [slot(0)]})))
    assert [value(each.waiting) for each in found.models] == [0, 0]
    assert reason(found.queue.oldest_wait_s) == Missing(Why.ABSENT, "nothing waits")


def test_while_a_model_is_loaded_a_request_waits_for_it() -> None:
    loading = samples(
        api=api(shows={NAME: shown()}), traffic=traffic(connection(1, asked_ms=2500), slots={PORT: []})
    )
    found = snapshot(loading)
    assert (value(found.queue.running), value(found.queue.waiting)) == (0, 1)
    assert found.queue.precision is Precision.EXACT
    assert reason(found.models[0].waiting).why is Why.AMBIGUOUS
    assert reason(found.requests[0].model).why is Why.AMBIGUOUS


def test_before_any_model_is_there_a_request_waits_for_none_that_is_known() -> None:
    found = snapshot(samples(api=api(), tree=tree(), traffic=traffic(connection(1, asked_ms=50), slots={})))
    assert value(found.queue.waiting) == 1
    assert reason(found.requests[0].model) == Missing(Why.PENDING, "no model is loaded yet")


# -- who asks


def test_clients_are_named_where_they_may_be_seen() -> None:
    one, two, far = (connection(number, asked_ms=100 * number) for number in (1, 2, 3))
    far = replace(far, remote=Endpoint("10.0.0.7", 5555))
    hidden = Missing(Why.DENIED, "a process of user bob; its pid may be seen by that user or root only")
    clients = {one.remote: client("bot.py"), two.remote: Client(hidden, hidden)}
    found = snapshot(samples(traffic=traffic(one, two, far, slots=FULL, clients=clients)))
    by_place = {each.client_address: each for each in found.requests}
    assert by_place["127.0.0.1:40001"].client == Known("bot.py", Source.PROCESSES)
    assert by_place["127.0.0.1:40001"].client_pid == Known(4711, Source.PROCESSES)
    assert reason(by_place["127.0.0.1:40002"].client) == hidden
    away = reason(by_place["10.0.0.7:5555"].client)
    assert (away.why, "10.0.0.7" in away.hint) == (Why.NOT_LOCAL, True)
    assert by_place["127.0.0.1:40002"].age_s == Known(0.2, Source.SOCKETS)


@pytest.mark.parametrize("kind", ["is_self", "is_management"])
def test_own_connections_and_ollamas_errands_are_not_counted(kind: str) -> None:
    one, other = connection(1, asked_ms=3000), connection(2, asked_ms=3000)
    clients = {one.remote: client(**{kind: True}), other.remote: client()}
    found = snapshot(samples(traffic=traffic(one, other, slots=FULL, clients=clients)))
    assert states(found) == [(2, RUNNING)]


# -- what may be doubted


def test_a_request_beside_free_slots_makes_the_count_an_upper_bound() -> None:
    """As a pull by another machine's client is."""
    pulls = connection(1, asked_ms=4000)
    found = snapshot(
        samples(traffic=traffic(pulls)),
        samples(12, traffic=traffic(replace(pulls, last_received_ms=6000, last_sent_ms=6001))),
    )
    assert value(found.queue.waiting) == 1
    assert found.queue.precision is Precision.UPPER_BOUND
    assert "slots are free" in (found.queue.precision_note or "")


def test_a_request_that_has_just_come_is_on_its_way_to_a_slot() -> None:
    found = snapshot(samples(), samples(12, traffic=traffic(connection(1, asked_ms=300))))
    assert found.queue.precision is Precision.EXACT


# -- no count


@pytest.mark.parametrize(
    ("changes", "why", "words"),
    [
        ({"traffic": None, "tree": None, "is_local": False}, Why.NOT_LOCAL, "another machine"),
        ({"traffic": None}, Why.PENDING, "not looked at yet"),
        (
            {"tree": tree(server=Missing(Why.NOT_LOCAL, "port 11434 is held by ssh"))},
            Why.NOT_LOCAL,
            "held by ssh",
        ),
        ({"tree": tree(server=Missing(Why.DENIED, "root only"))}, Why.DENIED, "root only"),
        (
            {"traffic": replace(traffic(), served=None, problem="socket diagnosis, which this system lacks")},
            Why.UNSUPPORTED,
            "this system lacks",
        ),
        (
            {"traffic": replace(traffic(), slots={PORT: SlotsLook(0, (), "x")}, served=None)},
            Why.UNSUPPORTED,
            "socket diagnosis",
        ),
        ({"traffic": traffic(slots={})}, Why.PENDING, "was not seen at work"),
    ],
    ids=["remote", "first look", "tunnel", "denied", "no Linux", "no Linux, late", "runner unseen"],
)
def test_no_count_says_why(changes: dict[str, Any], why: Why, words: str) -> None:
    queue = snapshot(samples(**changes)).queue
    for each in (queue.running, queue.waiting, queue.oldest_wait_s):
        assert reason(each).why is why
        assert words in reason(each).hint
    assert (queue.precision, queue.source) == (Precision.UNKNOWN, None)
    assert words in (queue.precision_note or "")


def test_requests_are_shown_where_the_runners_are_not_seen() -> None:
    found = snapshot(samples(traffic=traffic(connection(1, asked_ms=500), slots={})))
    assert states(found) == [(1, UNKNOWN)]


# -- runners without slots


def test_of_an_older_runner_the_connections_count() -> None:
    old = tree(go_runner(load=LoadedRunner(PORT, 2, 4096, None)))
    local = Endpoint("127.0.0.1", PORT)
    to_runner = tuple(
        Socket(90 + number, ESTABLISHED, local, Endpoint("127.0.0.1", 50_000 + number), 0, 0, None, *counters)
        for number, counters in enumerate(
            [(12, 3000, 4000, 700, 40), (2000, 1999, 0, 690, 0), (0, 0, 134, 134, 1)]
        )
    )
    served = [streaming(1, 3100), *(connection(number, asked_ms=3000 - number) for number in (2, 3))]
    found = snapshot(samples(tree=old, traffic=traffic(*served, slots={}, to_runners={PORT: to_runner})))
    assert found.queue.running == Known(2, Source.SOCKETS)
    assert found.queue.waiting == Known(1, Source.SOCKETS)
    assert found.models[0].running == Known(2, Source.SOCKETS)
    assert states(found) == [(1, RUNNING), (2, RUNNING), (3, WAITING)]

"""The server of a Snapshot, and what a look keeps when it brings nothing new."""

from dataclasses import replace

from engine_samples import (
    NOW,
    PORT,
    PROCESS,
    api,
    connection,
    listed,
    reason,
    samples,
    slot,
    snapshot,
    traffic,
    tree,
    value,
)

from ollama_top.engine import derive
from ollama_top.engine.samples import Taken
from ollama_top.engine.state import State
from ollama_top.model.host import Host
from ollama_top.model.light import Light, LightState
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.server import Keeper
from ollama_top.sources.gpus.look import GpuLook


def test_a_server_is_described_by_its_process_and_its_api() -> None:
    server = snapshot(samples()).server
    assert server.url == "http://127.0.0.1:11434"
    assert (server.reachable, server.problem) == (True, None)
    assert server.version == Known("0.33.0", Source.API)
    assert server.pid == Known(1234, Source.PROCESSES)
    assert server.manager == Known(Keeper.SYSTEMD, Source.PROCESSES)
    assert server.unit == Known("ollama.service", Source.SERVICE)
    assert server.user == Known("ollama", Source.PROCESSES)
    assert server.started_at == Known(PROCESS.started_at, Source.PROCESSES)
    assert server.cpu_percent == Known(12.0, Source.PROCESSES)
    assert server.rss_bytes == Known(1 << 30, Source.PROCESSES)


def test_a_server_started_by_hand_has_no_unit() -> None:
    by_hand = replace(PROCESS, keeper=Keeper.MANUAL, unit=None)
    server = snapshot(samples(tree=tree(server=Known(by_hand, Source.PROCESSES)))).server
    assert reason(server.unit).why is Why.ABSENT


def test_a_server_that_may_not_be_seen_says_why_in_every_place() -> None:
    denied = Missing(Why.DENIED, "who holds port 11434 may be seen by root only")
    server = snapshot(samples(tree=tree(server=denied))).server
    assert server.pid == server.manager == server.unit == server.user == server.started_at == denied
    assert server.reachable


def test_a_remote_server_is_elsewhere() -> None:
    found = snapshot(samples(tree=None, traffic=None, is_local=False))
    assert reason(found.server.pid).why is Why.NOT_LOCAL
    assert reason(found.server.cpu_percent).why is Why.NOT_LOCAL
    assert value(found.server.version) == "0.33.0"
    assert len(found.models) == 1


def test_before_the_first_answer_nothing_is_known() -> None:
    found = snapshot(samples(api=None, tree=None, traffic=None))
    assert not found.server.reachable
    assert (reason(found.server.version).why, reason(found.server.pid).why) == (Why.PENDING, Why.PENDING)
    assert found.models == found.slots == found.requests == found.gpus == ()
    assert found.host.name == ""
    assert reason(found.host.cpu_percent).why is Why.PENDING


def test_a_server_that_stops_answering_keeps_what_it_said() -> None:
    found = snapshot(samples(), replace(samples(12), api_problem="connection refused"))
    assert (found.server.reachable, found.server.problem) == (False, "connection refused")
    assert len(found.models) == 1


def test_a_server_that_never_answered_has_a_problem_for_a_version() -> None:
    found = snapshot(replace(samples(api=None), api_problem="answered HTTP 403 Forbidden"))
    assert "403" in reason(found.server.version).hint
    assert snapshot(samples(api=api(listed(), version=None))).server.reachable


def test_host_gpus_and_lights_are_handed_on() -> None:
    host = Host("box", *[Known(1, Source.HOST)] * 7)
    lights = (Light("api", LightState.OK, 0.1, 0.1, None),)
    found = snapshot(
        replace(samples(), host=Taken(host, 10), gpus=(Taken(GpuLook(()), 10),), lights=lights, demo=True)
    )
    assert (found.host, found.gpus, found.sources, found.demo) == (host, (), lights, True)
    assert found.taken_at > NOW


def test_a_look_without_new_traffic_keeps_what_came_of_the_last() -> None:
    busy = samples(
        10, traffic=traffic(connection(1, asked_ms=500), slots={PORT: [slot(0, task=1, decoded=5), slot(1)]})
    )
    stale = replace(samples(12), traffic=busy.traffic)
    once, twice = snapshot(busy), snapshot(busy, stale)
    assert twice.queue == once.queue
    assert twice.requests == once.requests
    assert twice.slots == once.slots


def test_history_has_a_point_a_look() -> None:
    state, first = derive.step(State(), samples(10))
    state, second = derive.step(state, samples(12, tree=tree(server=Missing(Why.DENIED, "root only"))))
    assert first.history.waiting == (0.0,)
    assert second.history.waiting == (0.0, None)
    assert second.history.tokens_per_s == (0.0, None)
    assert state.history == second.history

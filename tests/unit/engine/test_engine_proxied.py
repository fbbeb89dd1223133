"""Which proxies stand before a server, and which of its connections they account for."""

import pytest
from engine_samples import client, connection
from exchanges import PROXY_PID, done, exchange, proxy, tapped

from ollama_top.engine.proxied import Proxied, proxied, tap_light
from ollama_top.model.exchange import Route
from ollama_top.model.light import LightState
from ollama_top.model.proxy import SilentProxy
from ollama_top.model.reading import Known, Source
from ollama_top.model.tapped import GONE, Tapped
from ollama_top.sources.clients import Client
from ollama_top.sources.inet_diag import Endpoint

URL = "http://127.0.0.1:11434"
OLD_MS, YOUNG_MS = 5000, 100


@pytest.mark.parametrize(
    ("upstream", "is_before"),
    [
        ("http://localhost:11434", True),
        ("http://[::1]:11434", True),
        ("http://127.0.0.1:11436", False),
        ("http://10.0.0.7:11434", False),
        ("ftp://127.0.0.1:11434", False),
    ],
)
def test_a_proxy_stands_before_the_server_that_it_calls(upstream: str, is_before: bool) -> None:
    tap = tapped(exchange(calls_from=40_001), proxy=proxy(upstream=upstream))
    assert bool(proxied([tap], URL).taps) is is_before
    assert bool(proxied([tap], URL).by_end) is is_before


def test_a_proxy_may_call_the_server_by_another_address_of_this_machine() -> None:
    lan = "http://10.0.0.7:11434"
    tap = tapped(exchange(calls_from=40_001), proxy=proxy(upstream=lan))
    assert proxied([tap], URL, {lan}).by_end.keys() == {"127.0.0.1:40001"}
    assert tap_light([tap], URL, {lan}).state is LightState.OK


def test_a_remote_server_is_known_by_its_name() -> None:
    tap = tapped(proxy=proxy(upstream="http://GPU-box:11434"))
    assert proxied([tap], "http://gpu-box:11434").taps == (tap,)


def test_what_a_feed_told_before_it_fell_silent_is_not_under_way() -> None:
    found = proxied([tapped(exchange(), finished=(done(2),), problem="gone")], URL)
    assert found.inference == ()
    assert [each.id for each in found.remembered] == [2]


def test_a_pull_is_no_inference() -> None:
    found = proxied([tapped(exchange(1, route=Route.PULL), exchange(2))], URL)
    assert [each.id for each in found.inference] == [2]


def passing() -> Proxied:
    return proxied([tapped(exchange(calls_from=40_001))], URL)


def calling(*numbers: int) -> dict[Endpoint, Client]:
    pid = Known(PROXY_PID, Source.PROCESSES)
    return {connection(number).remote: client("ollama-top", pid=pid) for number in numbers}


def test_a_proxy_s_connection_without_a_request_carries_no_inference() -> None:
    asking, resting = connection(1, asked_ms=OLD_MS), connection(2, asked_ms=OLD_MS, said_ms=OLD_MS)
    fresh, another = connection(3, asked_ms=YOUNG_MS, said_ms=0), connection(4, asked_ms=OLD_MS, said_ms=0)
    clients = {**calling(1, 2, 3), another.remote: client()}
    found = passing().no_inference([asking, resting, fresh, another], clients)
    assert found == {resting.remote}, "a request that is a moment old may not have been told yet"
    unknown = connection(2, asked_ms=OLD_MS)
    assert passing().no_inference([unknown], clients) == set(), "it may be for what the proxy does not know"
    assert passing().known([asking, resting]) == {1}


def test_where_a_connection_cannot_be_read_none_is_known_to_rest() -> None:
    blind = proxied([tapped(proxy=proxy(opaque=1))], URL)
    assert blind.no_inference([connection(1, asked_ms=OLD_MS, said_ms=OLD_MS)], calling(1)) == set()


def test_a_model_of_the_cloud_takes_no_part_in_this_server_s_queue() -> None:
    cloud = exchange(calls_from=40_001, model=Known("gpt-oss:120b-cloud", Source.PROXY))
    found = proxied([tapped(cloud)], URL)
    assert found.known([connection(1, asked_ms=OLD_MS)]) == frozenset()


def test_of_several_on_one_connection_the_oldest_is_being_answered() -> None:
    found = proxied([tapped(exchange(1, calls_from=40_001), exchange(2, calls_from=40_001))], URL)
    assert [each.id for each in found.by_end.values()] == [1]


def test_a_feed_that_has_fallen_silent_says_nothing_of_connections() -> None:
    silent = proxied([tapped(problem="gone")], URL)
    assert silent.no_inference([connection(1, asked_ms=OLD_MS)], calling(1)) == set()


def test_a_silent_proxy_is_told_of_and_one_that_is_gone_is_not() -> None:
    there = tapped(proxy=proxy(listen="127.0.0.1:1"))
    silent = tapped(proxy=proxy(listen="127.0.0.1:2"), problem="the proxy has closed it")
    gone = tapped(proxy=proxy(listen="127.0.0.1:3"), problem=GONE)
    found = proxied([there, silent, gone, Tapped("/run/other.sock", problem="no")], URL)
    assert [each.listen for each in found.telling] == ["127.0.0.1:1"]
    assert found.silent == (SilentProxy("127.0.0.1:2", "the proxy has closed it"),)


@pytest.mark.parametrize(
    ("taps", "state"),
    [
        ([], LightState.ABSENT),
        ([tapped(proxy=proxy(upstream="http://10.0.0.7:1"))], LightState.ABSENT),
        ([tapped()], LightState.OK),
        ([tapped(problem="the proxy has closed it")], LightState.FAILED),
        ([Tapped("/run/other.sock", problem="this user may not read it")], LightState.LIMITED),
        ([Tapped("/run/other.sock", problem=GONE)], LightState.ABSENT),
        ([tapped(proxy=proxy(upstream="http://10.0.0.7:1"), problem="gone")], LightState.ABSENT),
    ],
)
def test_the_light_of_the_feeds(taps: list[Tapped], state: LightState) -> None:
    light = tap_light(taps, URL)
    assert light.state is state
    assert (light.problem is None) is (state is LightState.OK)

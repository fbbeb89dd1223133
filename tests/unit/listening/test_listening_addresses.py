"""Where the relay may listen, and when the server would be the relay itself."""

import ipaddress
import socket
from collections.abc import Iterator

import pytest

from ollama_top.listening.addresses import (
    AddressError,
    Listen,
    TakenError,
    bind,
    is_loopback,
    is_own_address,
    is_served_by,
    listens_of,
    parse_listen,
)
from ollama_top.ollama.host import Target


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:11435", "127.0.0.1", 11435),
        ("0.0.0.0:80", "0.0.0.0", 80),
        (":9000", "127.0.0.1", 9000),
        ("localhost", "localhost", 11435),
        ("[::1]:9", "::1", 9),
        ("::1", "::1", 11435),
        ("[::]", "::", 11435),
        ("127.0.0.1:0", "127.0.0.1", 0),
    ],
)
def test_an_address_is_read(text: str, host: str, port: int) -> None:
    assert parse_listen(text) == Listen(host, port)


@pytest.mark.parametrize("text", ["127.0.0.1:x", "127.0.0.1:65536", "a:-1", "h:", "a\x1b:1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AddressError, match="no address"):
        bind(parse_listen(text))


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
    ],
)
def test_who_can_reach_an_address_is_known(host: str, expected: bool) -> None:
    assert is_loopback(Listen(host)) == expected


@pytest.fixture
def everywhere() -> Iterator[list[socket.socket]]:
    bound = bind(Listen("0.0.0.0", 0))
    yield bound
    for each in bound:
        each.close()


@pytest.fixture
def here() -> Iterator[list[socket.socket]]:
    bound = bind(Listen("127.0.0.1", 0))
    yield bound
    for each in bound:
        each.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2", "::ffff:127.0.0.1"])
def test_its_own_listener_is_known_by_every_name(host: str, everywhere: list[socket.socket]) -> None:
    port = everywhere[0].getsockname()[1]
    assert is_served_by(Target("http", host, port), listens_of(everywhere))
    assert not is_served_by(Target("http", host, port - 1), listens_of(everywhere))


def test_its_own_listener_is_known_by_a_name_of_the_net(everywhere: list[socket.socket]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))  # sends nothing
        except OSError:
            pytest.skip("this machine is in no network")
        own = probe.getsockname()[0]
    assert is_served_by(Target("http", own, everywhere[0].getsockname()[1]), listens_of(everywhere))
    assert is_own_address(ipaddress.ip_address(own))


def test_another_address_of_the_loopback_is_another_server(here: list[socket.socket]) -> None:
    port = here[0].getsockname()[1]
    assert is_served_by(Target("http", "127.0.0.1", port), listens_of(here))
    assert not is_served_by(Target("http", "127.0.0.2", port), listens_of(here))
    assert not is_served_by(Target("http", "nowhere.invalid", port), listens_of(here))
    assert not is_own_address(ipaddress.ip_address("198.51.100.1"))


def test_a_port_that_is_taken_is_told(here: list[socket.socket]) -> None:
    port = here[0].getsockname()[1]
    with pytest.raises(TakenError, match=f"127.0.0.1:{port} is taken by another program"):
        bind(Listen("127.0.0.1", port))


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(AddressError, match=r"198\.51\.100\.1:9 cannot be listened on: .*assign"):
        bind(Listen("198.51.100.1", 9))


def test_a_name_that_means_nothing_is_refused() -> None:
    with pytest.raises(AddressError, match=r"nowhere\.invalid:9 cannot be listened on"):
        is_loopback(Listen("nowhere.invalid", 9))

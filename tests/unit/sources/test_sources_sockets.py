"""Sockets of this machine as the kernel tells them, against sockets made here."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from ollama_top.sources import sockets
from ollama_top.sources.inet_diag import Socket

TICK_MS = 12  # the kernel's clock may tick 100 times a second


@contextmanager
def listening(address: str = "127.0.0.1", *, dual: bool = False) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with closing(socket.create_server((address, 0), family=family, dualstack_ipv6=dual)) as server:
        yield server


@contextmanager
def connected(
    server: socket.socket, address: str | None = None
) -> Iterator[tuple[socket.socket, socket.socket]]:
    """The two ends of a connection: the client's and the server's."""
    host, port = server.getsockname()[:2]
    with closing(socket.create_connection((address or host, port))) as client:
        accepted, _ = server.accept()
        with closing(accepted):
            yield client, accepted


def port_of(server: socket.socket) -> int:
    number = server.getsockname()[1]
    assert isinstance(number, int)
    return number


def only(found: tuple[Socket, ...]) -> Socket:
    (one,) = found
    return one


def inode(own: socket.socket) -> int:
    return os.fstat(own.fileno()).st_ino


@pytest.mark.parametrize(
    ("listens", "calls", "is_dual", "shown"),
    [
        ("127.0.0.1", "127.0.0.1", False, "127.0.0.1"),
        ("::1", "::1", False, "::1"),
        ("::", "127.0.0.1", True, "127.0.0.1"),
        ("::", "::1", True, "::1"),
    ],
)
def test_both_ends_are_seen_over_ipv4_and_ipv6(listens: str, calls: str, is_dual: bool, shown: str) -> None:
    with listening(listens, dual=is_dual) as server, connected(server, calls) as (client, accepted):
        port = port_of(server)
        served, calling = only(sockets.served(port)), only(sockets.calling(port))
        assert (served.local.address, served.local.port) == (shown, port)
        assert served.remote == calling.local
        assert calling.remote == served.local
        assert (served.inode, calling.inode) == (inode(accepted), inode(client))
        assert served.uid == os.getuid()


def test_counters_are_those_of_what_was_sent() -> None:
    with listening() as server, connected(server) as (client, accepted):
        moments_s = [time.monotonic()]
        client.sendall(b"q" * 315)
        assert accepted.recv(1000) == b"q" * 315
        asked = only(sockets.served(port_of(server)))
        moments_s.append(time.monotonic())
        time.sleep(0.1)
        moments_s.append(time.monotonic())
        accepted.sendall(b"a" * 20)
        accepted.sendall(b"b" * 22)
        answered = only(sockets.served(port_of(server)))
        moments_s.append(time.monotonic())
    assert (asked.received_bytes, asked.sent_bytes, asked.sent_segments) == (315, 0, 0)
    assert (answered.received_bytes, answered.sent_bytes, answered.sent_segments) == (315, 42, 2)
    began_ms, asked_ms, slept_ms, ended_ms = (1000 * each for each in moments_s)
    assert asked.last_received_ms <= asked_ms - began_ms + TICK_MS
    assert answered.last_sent_ms <= ended_ms - slept_ms + TICK_MS
    apart_ms = answered.last_received_ms - answered.last_sent_ms
    assert 100 - TICK_MS <= apart_ms <= ended_ms - began_ms + TICK_MS
    assert asked.cookie == answered.cookie


@pytest.mark.parametrize("count", [1, 2, 3, 17, 40])
def test_the_filter_lets_pass_the_ports_asked_for_and_no_other(count: int) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(listening()) for _ in range(count + 2)]
        ends = [stack.enter_context(connected(each)) for each in servers]
        ports = [port_of(each) for each in servers]
        found = sockets.served(*ports[:count])
        assert sorted(each.local.port for each in found) == sorted(ports[:count])
        assert {each.inode for each in found} == {inode(accepted) for _, accepted in ends[:count]}
        assert only(sockets.calling(ports[-1])).inode == inode(ends[-1][0])


def test_no_port_is_no_socket() -> None:
    assert sockets.served() == ()


def test_listening_sockets_are_told_from_connections() -> None:
    with listening() as server, connected(server):
        found = only(sockets.listening(port_of(server)))
        assert found.inode == inode(server)
        assert found.cookie != only(sockets.served(port_of(server))).cookie


def test_a_port_that_nobody_holds_has_no_sockets() -> None:
    with listening() as server:
        port = port_of(server)
    assert sockets.listening(port) == sockets.served(port) == sockets.calling(port) == ()


def test_a_connection_whose_client_has_left_is_not_established() -> None:
    with listening() as server, connected(server) as (client, _):
        client.close()
        assert sockets.served(port_of(server)) == ()


def test_a_thousand_connections_come_in_several_datagrams() -> None:
    with listening() as server, ExitStack() as stack:
        for _ in range(400):
            stack.enter_context(connected(server))
        assert len({each.cookie for each in sockets.served(port_of(server))}) == 400

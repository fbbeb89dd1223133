"""Socket diagnosis, read from answers of this machine's own kernel and from ruined copies of them."""

import socket
import struct
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ollama_top.sources import inet_diag
from ollama_top.sources.inet_diag import DiagError, Endpoint

NETLINK_SOCK_DIAG = 4
ESTABLISHED = 1 << inet_diag.ESTABLISHED


def ask(question: bytes) -> list[bytes]:
    """The kernel's answer, datagram by datagram."""
    with closing(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG)) as netlink:
        netlink.settimeout(5)
        netlink.send(question)
        found = [netlink.recv(1 << 17)]
        while not inet_diag.parse(found[-1])[1]:
            found.append(netlink.recv(1 << 17))
        return found


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A port with three connections."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        clients = [socket.create_connection(server.getsockname()) for _ in range(3)]
        accepted = [server.accept()[0] for _ in clients]
        clients[0].sendall(b"x" * 1234)
        accepted[0].recv(2000)
        accepted[0].sendall(b"y" * 77)
        yield server.getsockname()[1]
        for each in (*clients, *accepted):
            each.close()


@pytest.fixture(scope="module")
def answer(port: int) -> bytes:
    """What the kernel says of these connections, in one datagram."""
    first, *rest = ask(inet_diag.request(socket.AF_INET, ESTABLISHED, [port]))
    assert all(inet_diag.parse(each)[0] == () for each in rest)
    return first


def test_a_whole_answer_is_read(port: int, answer: bytes) -> None:
    found, _ = inet_diag.parse(answer)
    assert [each.local for each in found] == [Endpoint("127.0.0.1", port)] * 3
    assert sorted((each.received_bytes, each.sent_bytes) for each in found) == [(0, 0), (0, 0), (1234, 77)]


def test_an_answer_ends_where_the_kernel_says_so() -> None:
    last = ask(inet_diag.request(socket.AF_INET, ESTABLISHED, [1]))[-1]
    assert inet_diag.parse(last) == ((), True)


def test_what_the_kernel_refuses_is_an_error() -> None:
    impossible_family = inet_diag.request(255, ESTABLISHED, [1])
    with pytest.raises(DiagError, match=r"refused socket diagnosis \(error \d+\)"):
        ask(impossible_family)


def test_counters_of_old_kernels_are_fewer(answer: bytes) -> None:
    """Before 4.19 what was acknowledged stands in for what was sent; before 4.6 there is nothing."""
    counters = _tcp_info(answer)
    assert inet_diag._counters(counters[:200])[2:4] == (77, 1234)
    assert inet_diag._counters(counters[:159]) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("size", range(17, 140, 7))
def test_a_datagram_cut_short_is_an_error(answer: bytes, size: int) -> None:
    with pytest.raises(DiagError, match="cut short"):
        inet_diag.parse(answer[:size])


@given(st.data())
def test_ruined_answers_are_errors_or_sockets(answer: bytes, data: st.DataObject) -> None:
    """Bytes changed, cut out and put in: never another exception, and never an endless loop."""
    ruined = bytearray(answer)
    for _ in range(data.draw(st.integers(1, 20))):
        ruined[data.draw(st.integers(0, len(ruined) - 1))] = data.draw(st.integers(0, 255))
    start = data.draw(st.integers(0, len(ruined) - 1))
    put_in = data.draw(st.binary(max_size=8))
    ruined[start : start + data.draw(st.integers(0, 16))] = put_in
    _parse_or_refuse(bytes(ruined))


@given(st.binary(max_size=400))
@example(b"")
@example(inet_diag.NETLINK_HEADER.pack(16, inet_diag.NLMSG_ERROR, 0, 0, 0))
@example(inet_diag.NETLINK_HEADER.pack(0, inet_diag.NLMSG_DONE, 0, 0, 0))
def test_noise_is_an_error_or_nothing(noise: bytes) -> None:
    _parse_or_refuse(noise)


@given(st.binary(max_size=300))
def test_noise_after_a_right_header_is_an_error_or_a_socket(noise: bytes) -> None:
    size = inet_diag.NETLINK_HEADER.size + len(noise)
    head = inet_diag.NETLINK_HEADER.pack(size, inet_diag.SOCK_DIAG_BY_FAMILY, 0, 1, 0)
    _parse_or_refuse(head + noise)


def test_an_endpoint_is_written_as_in_a_url() -> None:
    assert str(Endpoint("127.0.0.1", 80)) == "127.0.0.1:80"
    assert str(Endpoint("fe80::1", 80)) == "[fe80::1]:80"


def test_an_ipv4_address_in_ipv6_clothes_is_shown_as_ipv4() -> None:
    raw = socket.inet_pton(socket.AF_INET6, "::ffff:10.0.0.1")
    assert inet_diag._address(socket.AF_INET6, raw) == "10.0.0.1"


def _parse_or_refuse(datagram: bytes) -> None:
    try:
        found, _ = inet_diag.parse(datagram)
    except DiagError:
        return
    assert all(each.local.port <= 65535 and each.received_bytes >= 0 for each in found)


def _tcp_info(answer: bytes) -> bytes:
    """The counters of the connection that carried something."""
    for kind, payload in inet_diag._messages(answer):
        assert kind == inet_diag.SOCK_DIAG_BY_FAMILY
        info = dict(inet_diag._attributes(payload[inet_diag.DIAG_MESSAGE.size :]))[inet_diag.DIAG_INFO]
        if struct.unpack_from("=Q", info, 128)[0]:
            return info
    raise AssertionError("no connection carried anything")

"""The kernel's socket diagnosis (sock_diag(7), inet_diag): requests built, answers read. Pure.

Own code because it is small and the alternatives are not: pyroute2 costs 9 MB and 100 ms of
import, and `ss` two processes a look, without the socket's cgroup. Layouts are those of
linux/inet_diag.h and linux/tcp.h, which the kernel only ever extends at their ends.
"""

import socket
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import NamedTuple

SOCK_DIAG_BY_FAMILY = 20
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST_DUMP = 0x301
ESTABLISHED, LISTEN = 1, 10
DIAG_BYTECODE = 1
DIAG_INFO, DIAG_CGROUP = 2, 21
BYTECODE_JUMP = 1
SPORT, DPORT = (2, 3), (4, 5)  # "at least" and "at most" of the two ports

NETLINK_HEADER = struct.Struct("=IHHII")
DIAG_REQUEST = struct.Struct("=BBBxI48x")
DIAG_MESSAGE = struct.Struct("=BBBB4s16s16sIQIIIII")
ATTRIBUTE = struct.Struct("=HH")
BYTECODE_OPERATION = struct.Struct("=BBH")


class DiagError(Exception):
    """The kernel refused the question or answered what cannot be read."""


class Endpoint(NamedTuple):
    """One end of a connection; an IPv4 address in IPv6 clothes is shown as IPv4.

    A tuple, since each is looked up several times a look, and a dataclass takes three times as long.
    """

    address: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Socket:
    """One TCP socket of this network namespace, with the counters of its connection."""

    cookie: int  # the kernel's number for this socket, never used again
    state: int
    local: Endpoint
    remote: Endpoint
    uid: int
    inode: int
    cgroup: int | None  # number of the cgroup it was made in; since Linux 5.8
    last_sent_ms: int  # since data was last sent; since the start where none was
    last_received_ms: int
    sent_bytes: int
    received_bytes: int
    sent_segments: int


def request(family: int, states: int, ports: Sequence[int], *, remote: bool = False) -> bytes:
    """Ask for the TCP sockets in `states` (bits) of some ports: their own, or those of the other ends."""
    code = _port_filter(ports, *(DPORT if remote else SPORT))
    attribute = ATTRIBUTE.pack(ATTRIBUTE.size + len(code), DIAG_BYTECODE) + code
    body = DIAG_REQUEST.pack(family, socket.IPPROTO_TCP, 1 << (DIAG_INFO - 1), states) + attribute
    size = NETLINK_HEADER.size + len(body)
    return NETLINK_HEADER.pack(size, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST_DUMP, 1, 0) + body


def parse(datagram: bytes) -> tuple[tuple[Socket, ...], bool]:
    """The sockets in one datagram of the answer, and whether it was the last; raises DiagError."""
    found: list[Socket] = []
    for kind, payload in _messages(datagram):
        if kind == NLMSG_DONE:
            return tuple(found), True
        if kind == NLMSG_ERROR:
            raise DiagError(_error(payload))
        if kind == SOCK_DIAG_BY_FAMILY:
            found.append(_socket(payload))
    return tuple(found), False


def _port_filter(ports: Sequence[int], at_least: int, at_most: int) -> bytes:
    """Instructions that let pass any of some ports: arriving at the very end lets pass, past it refuses."""
    jump, compare = BYTECODE_OPERATION.size, 2 * BYTECODE_OPERATION.size
    code = b""
    for port in reversed(ports):
        let_pass = BYTECODE_OPERATION.pack(BYTECODE_JUMP, jump, jump + len(code)) if code else b""
        otherwise = len(let_pass) or jump
        operands = BYTECODE_OPERATION.pack(0, 0, port)
        first = BYTECODE_OPERATION.pack(at_least, compare, 2 * compare + otherwise) + operands
        second = BYTECODE_OPERATION.pack(at_most, compare, compare + otherwise) + operands
        code = first + second + let_pass + code
    return code


def _messages(datagram: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + NETLINK_HEADER.size <= len(datagram):
        size, kind, *_ = NETLINK_HEADER.unpack_from(datagram, at)
        if size < NETLINK_HEADER.size or at + size > len(datagram):
            raise DiagError("the kernel's answer is cut short")
        yield kind, datagram[at + NETLINK_HEADER.size : at + size]
        at += (size + 3) & ~3


def _error(payload: bytes) -> str:
    number = -struct.unpack_from("=i", payload)[0] if len(payload) >= 4 else 0
    return f"the kernel refused socket diagnosis (error {number})"


def _socket(payload: bytes) -> Socket:
    if len(payload) < DIAG_MESSAGE.size:
        raise DiagError("the kernel's answer is cut short")
    family, state, _, _, ports, source, target, _, cookie, _, _, _, uid, inode = DIAG_MESSAGE.unpack_from(
        payload
    )
    sport, dport = struct.unpack("!HH", ports)
    attributes = dict(_attributes(payload[DIAG_MESSAGE.size :]))
    cgroup = attributes.get(DIAG_CGROUP, b"")
    sent_ms, received_ms, sent, received, segments = _counters(attributes.get(DIAG_INFO, b""))
    return Socket(
        cookie,
        state,
        Endpoint(_address(family, source), sport),
        Endpoint(_address(family, target), dport),
        uid,
        inode,
        struct.unpack("=Q", cgroup)[0] if len(cgroup) == 8 else None,
        sent_ms,
        received_ms,
        sent,
        received,
        segments,
    )


def _attributes(rest: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + ATTRIBUTE.size <= len(rest):
        size, kind = ATTRIBUTE.unpack_from(rest, at)
        if size < ATTRIBUTE.size:
            return
        yield kind, rest[at + ATTRIBUTE.size : at + size]
        at += (size + 3) & ~3


def _counters(info: bytes) -> tuple[int, int, int, int, int]:
    """Times and counts of struct tcp_info; the bytes sent stand there since Linux 4.19."""
    if len(info) < 160:
        return 0, 0, 0, 0, 0
    sent_ms, _, received_ms = struct.unpack_from("=III", info, 44)
    acknowledged, received = struct.unpack_from("=QQ", info, 120)
    segments = struct.unpack_from("=I", info, 156)[0]
    sent = struct.unpack_from("=Q", info, 200)[0] if len(info) >= 208 else acknowledged
    return sent_ms, received_ms, sent, received, segments


def _address(family: int, raw: bytes) -> str:
    if family == socket.AF_INET:
        return socket.inet_ntop(socket.AF_INET, raw[:4])
    address = IPv6Address(raw)
    return str(address.ipv4_mapped or address)

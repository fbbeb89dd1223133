"""This machine's TCP sockets around one port, from the kernel's socket diagnosis.

Works without privileges, on Linux only.
"""

import socket
import sys
from collections.abc import Sequence
from contextlib import closing

from ollama_top.sources import inet_diag
from ollama_top.sources.inet_diag import DiagError, Socket

NETLINK_SOCK_DIAG = 4
RECEIVE_BYTES = 1 << 17
TIMEOUT_S = 2.0
FAMILIES = (socket.AF_INET, socket.AF_INET6)


def is_supported() -> bool:
    """Whether this system has socket diagnosis."""
    return sys.platform == "linux"


def listening(port: int) -> tuple[Socket, ...]:
    """The sockets that listen on a port; raises DiagError."""
    return _dump(1 << inet_diag.LISTEN, (port,))


def served(*ports: int) -> tuple[Socket, ...]:
    """The server's side of the established connections to some ports, at one moment; raises DiagError."""
    return _dump(1 << inet_diag.ESTABLISHED, ports)


def calling(port: int) -> tuple[Socket, ...]:
    """The clients' side of this machine's established connections to a port; raises DiagError."""
    return _dump(1 << inet_diag.ESTABLISHED, (port,), remote=True)


def _dump(states: int, ports: Sequence[int], *, remote: bool = False) -> tuple[Socket, ...]:
    found: dict[int, Socket] = {}
    for family in FAMILIES if ports else ():
        question = inet_diag.request(family, states, ports, remote=remote)
        found.update((each.cookie, each) for each in _ask(question))
    return tuple(found.values())


def _ask(question: bytes) -> list[Socket]:
    try:
        with closing(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG)) as netlink:
            netlink.settimeout(TIMEOUT_S)
            netlink.send(question)
            return _receive(netlink)
    except OSError as error:
        raise DiagError(f"socket diagnosis failed: {error.strerror or error}") from None


def _receive(netlink: socket.socket) -> list[Socket]:
    found: list[Socket] = []
    is_last = False
    while not is_last:
        some, is_last = inet_diag.parse(netlink.recv(RECEIVE_BYTES))
        found.extend(some)
    return found

"""Where a process of ours listens: which addresses these are, who can reach them, whose they are.

Looks at this machine's network and binds sockets; listens on none.
"""

import errno
import ipaddress
import socket
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

from ollama_top.listening.hosts import Address
from ollama_top.ollama.host import MOST_PORT, Target, split_host_port

DEFAULT_PORT = 11435  # of the proxy
LOOPBACK = "127.0.0.1"
ABSENT = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


class AddressError(Exception):
    """The address cannot be listened on as asked; the text says why and what would do."""


class TakenError(AddressError):
    """Something else listens there."""


@dataclass(frozen=True, slots=True)
class Listen:
    """A host and a port to listen on; port 0 means any that is free."""

    host: str = LOOPBACK
    port: int = DEFAULT_PORT

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def parse_listen(text: str, default_port: int = DEFAULT_PORT) -> Listen:
    """HOST, HOST:PORT or :PORT, an IPv6 host in brackets; raises AddressError."""
    host, port = split_host_port(text.strip(), str(default_port))
    if not (port.isascii() and port.isdigit() and int(port) <= MOST_PORT) or not host.isprintable():
        raise AddressError(
            f"{text!r} is no address to listen on; one is HOST:PORT, as {Listen(port=default_port)}"
        )
    return Listen(host, int(port))


def bind(listen: Listen) -> list[socket.socket]:
    """A bound socket for every address of the host; raises AddressError."""
    bound: list[socket.socket] = []
    try:
        addresses = _addresses(listen)
        for family, address in addresses:
            if own := _bound(family, address, may_be_absent=len(addresses) > 1):
                bound.append(own)
    except OSError as error:
        for each in bound:
            each.close()
        raise _refusal(listen, error) from None
    if not bound:
        raise AddressError(f"{listen} is no address of this machine")
    return bound


def _bound(
    family: socket.AddressFamily, address: tuple[str, int], *, may_be_absent: bool
) -> socket.socket | None:
    """None for one of a name's several addresses that this machine has not."""
    own: socket.socket | None = None
    try:
        own = socket.socket(family, socket.SOCK_STREAM)
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            own.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        own.bind(address)
        own.listen(1)  # only now it is known whether another program does
    except OSError as error:
        if own is not None:
            own.close()
        if may_be_absent and error.errno in ABSENT:
            return None
        raise
    return own


def free_port() -> int:
    """A port of the loopback on which nobody listens at this moment; another program may take it next."""
    with closing(socket.create_server((LOOPBACK, 0))) as free:
        port: int = free.getsockname()[1]
    return port


def listens_of(bound: Iterable[socket.socket]) -> tuple[Listen, ...]:
    """Where bound sockets listen, each with its port."""
    return tuple(Listen(*each.getsockname()[:2]) for each in bound)


def is_loopback(listen: Listen) -> bool:
    """Whether only this machine can reach the address; raises AddressError for a name that means none."""
    try:
        return all(ipaddress.ip_address(address[0]).is_loopback for _, address in _addresses(listen))
    except OSError as error:
        raise _refusal(listen, error) from None


def is_served_by(upstream: Target, listens: Iterable[Listen]) -> bool:
    """Whether the server's address is one of these, also by another name for this machine."""
    try:
        found = _addresses(Listen(upstream.host, upstream.port))
    except OSError:  # nobody is there, which the first request will tell
        return False
    wanted = [_plain(address[0]) for _, address in found]
    own = [_plain(each.host) for each in listens if each.port == upstream.port]
    return any(_covers(listening, each) for listening in own for each in wanted)


def is_own_address(address: Address) -> bool:
    """Whether the address is one of this machine's."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((str(address), 0))
        except OSError:
            return False
    return True


def _covers(listening: Address, wanted: Address) -> bool:
    if listening.is_unspecified and listening.version == wanted.version:
        return wanted.is_loopback or is_own_address(wanted)
    return listening == wanted


def _plain(text: str) -> Address:
    """An address of IPv4 also where it is written as one of IPv6; without a zone."""
    address = ipaddress.ip_address(text.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address


def _addresses(listen: Listen) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
    try:
        found = socket.getaddrinfo(listen.host, listen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except UnicodeError:
        raise OSError(f"{listen.host} cannot be a name") from None
    return [(family, address) for family, _, _, _, address in found]  # type: ignore[misc]


def _refusal(listen: Listen, error: OSError) -> AddressError:
    why = error.strerror or str(error)
    if error.errno == errno.EADDRINUSE:
        return TakenError(f"{listen} is taken by another program; another port would do")
    return AddressError(f"{listen} cannot be listened on: {why}")

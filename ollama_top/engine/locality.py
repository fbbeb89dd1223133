"""Whether an address is this machine's own, and which of these lead to one server."""

import ipaddress
import socket
from collections.abc import Iterable, Sequence

import psutil

from ollama_top.ollama.host import Target, parse_target
from ollama_top.sources import sockets
from ollama_top.sources.inet_diag import Socket


def is_this_machine(target: Target) -> bool:
    """Whether the server's address belongs to this machine, so that its processes may be here.

    Names are not looked up: only addresses, `localhost` and this machine's own name count.
    """
    if target.is_loopback:
        return True
    if target.host.lower() in {socket.gethostname().lower(), socket.gethostname().partition(".")[0].lower()}:
        return True
    own = {
        each.address.partition("%")[0] for addresses in psutil.net_if_addrs().values() for each in addresses
    }
    return target.host.partition("%")[0] in own


def aliases(target: Target, addresses: Iterable[str]) -> frozenset[str]:
    """Of some servers' addresses those where the same socket listens as at the target's; raises DiagError.

    One that listens everywhere is reached by each of this machine's addresses.
    """
    asked = [(each, other) for each in set(addresses) if (other := _other(target, each)) is not None]
    if not asked or not sockets.is_supported():
        return frozenset()
    listening = sockets.listening(target.port)
    own = listener_at(target.host, listening)
    return frozenset(each for each, other in asked if own and listener_at(other.host, listening) == own)


def listener_at(host: str, listening: Sequence[Socket]) -> int | None:
    """The socket, by cookie, that takes what is sent to an address of this machine; None where none does."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host.lower() == "localhost" else host.partition("%")[0])
    except ValueError:
        return None  # a name of this machine's: which of its addresses it means is not looked up
    everywhere = ("0.0.0.0", "::") if address.version == 4 else ("::",)  # noqa: S104 - looked for, not bound
    for wanted in (str(address), *everywhere):
        for each in listening:
            if each.local.address == wanted:
                return each.cookie
    return None


def _other(target: Target, address: str) -> Target | None:
    """What an address means, where that may be the target under another name."""
    try:
        other = parse_target(address)
        ipaddress.ip_address(other.host.partition("%")[0])
    except ValueError:
        return None
    is_told_by_name = other.is_loopback and target.is_loopback
    return other if other.port == target.port and not is_told_by_name and is_this_machine(other) else None

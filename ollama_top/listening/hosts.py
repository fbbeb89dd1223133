"""Which names a client may call the server by, where the relay has to judge that itself.

Follows allowedHostsMiddleware of Ollama's server/routes.go, without which any page that a browser
shows could reach the server under a name of its own.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

BRACKETED = re.compile(r"\[([^\[\]]+)\](?::[0-9]*)?")
ALWAYS = ("localhost",)
ALWAYS_BELOW = (".localhost", ".local", ".internal")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names that are allowed beside those that always are, in lower case."""

    listed: frozenset[str]
    is_own_address: Callable[[Address], bool]  # of this machine

    def allow(self, host: str) -> bool:
        """Whether the value of a Host field is allowed; an empty one is."""
        name = bare_host(host)
        address = _address(name)
        if address is not None and self._allow_address(address):
            return True
        return not name or name in self.listed or name in ALWAYS or name.endswith(ALWAYS_BELOW)

    @classmethod
    def of_this_machine(
        cls, own_name: str, more: Iterable[str], is_own: Callable[[Address], bool]
    ) -> "Hosts":
        """The machine's own name and `more`."""
        return cls(frozenset(each.lower() for each in (own_name, *more)), is_own)

    def _allow_address(self, address: Address) -> bool:
        is_near = address.is_loopback or address.is_private or address.is_unspecified
        return is_near or self.is_own_address(address)


def bare_host(host: str) -> str:
    """A host without its port and brackets, in lower case; what is written in no such way stays as it is."""
    text = host.strip().lower()
    if bracketed := BRACKETED.fullmatch(text):
        return bracketed[1]
    return text.partition(":")[0] if text.count(":") == 1 else text


def _address(name: str) -> Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None

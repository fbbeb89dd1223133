"""Which server is meant: the rules of Ollama's own OLLAMA_HOST.

Follows envconfig.Host() and ConnectableHost() of Ollama 0.33, so that both mean the same server.
"""

import ipaddress
import re
from dataclasses import dataclass

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 11434
MOST_PORT = 65535
SCHEME_PORTS = {"http": 80, "https": 443}
BRACKETED = re.compile(r"\[([^\[\]]*)\]:([^:\[\]]*)")
ZONE = re.compile(r"[\w.-]*")
UNBRACKETED = re.compile(r"([^:\[\]]*):([^:\[\]]*)")


@dataclass(frozen=True, slots=True)
class Target:
    """The address of one Ollama server, ready to connect to."""

    scheme: str
    host: str
    port: int
    path: str = ""

    @property
    def url(self) -> str:
        """The address as a URL without credentials, an IPv6 host in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"

    @property
    def is_loopback(self) -> bool:
        """Whether the connection cannot leave this machine."""
        address = _ip(self.host)
        return self.host.lower() == "localhost" or (address is not None and address.is_loopback)


def parse_target(text: str) -> Target:
    """The server that a value of OLLAMA_HOST means; an empty one means the default.

    As in Ollama an invalid port gives way to the scheme's default, and an unspecified
    address (0.0.0.0, ::) means the loopback. Raises ValueError for a scheme other than
    http and https, for a user or password, and for a text that holds no address: asking
    a wrong server is worse than asking none.
    """
    value = text.strip().strip("\"'").strip()
    scheme, separator, rest = value.partition("://")
    if not separator:
        scheme, rest = ("https", "ollama.com:443") if value == "ollama.com" else ("http", value)
    if "@" in value:
        raise ValueError("the address must not hold a user or a password")
    if scheme not in SCHEME_PORTS:
        raise ValueError(f"{text!r}: the scheme must be http or https")
    default_port = SCHEME_PORTS[scheme] if separator else DEFAULT_PORT
    authority, _, path = rest.partition("/")
    host, port_text = split_host_port(authority, str(default_port))
    if not _is_host(host) or not _is_plain(path):
        raise ValueError(f"{text!r} is not an address of a server")
    return Target(scheme, _connectable(host), _port(port_text, default_port), f"/{path}".rstrip("/"))


def split_host_port(authority: str, default_port: str) -> tuple[str, str]:
    """Split as Go's net.SplitHostPort does; without a port the whole is the host, brackets or not."""
    found = BRACKETED.fullmatch(authority) or UNBRACKETED.fullmatch(authority)
    if found:
        return found[1] or DEFAULT_HOST, found[2]
    bare = authority.strip("[]")
    return (bare if _ip(bare) else authority) or DEFAULT_HOST, default_port


def _is_host(host: str) -> bool:
    if ":" in host:
        address, _, zone = host.partition("%")
        return _ip(address) is not None and ZONE.fullmatch(zone) is not None
    return _is_plain(host) and not set(host) & set("[]%\\")


def _is_plain(text: str) -> bool:
    return text.isprintable() and not any(each.isspace() or each in "?#" for each in text)


def _port(text: str, default_port: int) -> int:
    digits = text.lstrip("0")[:6]  # one more than a port has
    is_number = text.isascii() and text.isdigit()
    return int(digits or 0) if is_number and int(digits or 0) <= MOST_PORT else default_port


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host is, of IPv4 also when it is written as one of IPv6."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _connectable(host: str) -> str:
    address = _ip(host)
    if address is None or not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"

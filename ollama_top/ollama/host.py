"""Which server is meant: the rules of Ollama's own OLLAMA_HOST.

Follows envconfig.Host() and ConnectableHost() of Ollama 0.33, so that both mean the same server.
"""

import ipaddress
from dataclasses import dataclass

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 11434
SCHEME_PORTS = {"http": 80, "https": 443}


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
    http and https, and for a text that holds no address: asking a wrong server is worse
    than asking none.
    """
    value = text.strip().strip("\"'").strip()
    scheme, separator, rest = value.partition("://")
    if not separator:
        scheme, rest = "http", value
    if rest == "ollama.com" and not separator:
        scheme, rest = "https", "ollama.com:443"
    if scheme not in SCHEME_PORTS:
        raise ValueError(f"{text!r}: the scheme must be http or https")
    default_port = SCHEME_PORTS[scheme] if separator else DEFAULT_PORT
    authority, _, path = rest.partition("/")
    host, port_text = _split_host_port(authority, str(default_port))
    if not host or any(char.isspace() or char in "@?#" or not char.isprintable() for char in host):
        raise ValueError(f"{text!r} is not an address of a server")
    return Target(scheme, _connectable(host), _port(port_text, default_port), f"/{path}".rstrip("/"))


def _split_host_port(authority: str, default_port: str) -> tuple[str, str]:
    """Split as Go's net.SplitHostPort does; without a port the whole is the host."""
    if authority.startswith("["):
        host, _, after = authority[1:].partition("]")
        return host or DEFAULT_HOST, after[1:] if after.startswith(":") else default_port
    if authority.count(":") == 1:
        host, _, port = authority.partition(":")
        return host or "0.0.0.0", port  # noqa: S104 - what an empty host means to a listener
    return authority or DEFAULT_HOST, default_port


def _port(text: str, default_port: int) -> int:
    valid = text.isascii() and text.isdigit() and int(text[:6]) <= 65535
    return int(text) if valid else default_port


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        return None


def _connectable(host: str) -> str:
    address = _ip(host)
    if address is None or not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"

"""Who may ask: a server on the loopback refuses names that are not its own, as Ollama does. Pure."""

import ipaddress
import socket

CLIENT_GONE = 499
OWN_ENDINGS = (".localhost", ".local", ".internal")


def is_allowed(host_header: str) -> bool:
    """Whether a Host header names this machine."""
    host = host_header.rpartition(":")[0] if _has_port(host_header) else host_header
    host = host.strip("[]").lower()
    if host in {"", "localhost", socket.gethostname().lower()} or host.endswith(OWN_ENDINGS):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private or address.is_unspecified


def _has_port(host_header: str) -> bool:
    return host_header.rpartition(":")[2].isdigit() and (host_header.count(":") == 1 or "]:" in host_header)

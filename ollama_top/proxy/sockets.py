"""What the relay asks of the kernel for a connection."""

import asyncio
import contextlib
import socket
import struct

KEEP_ALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 9}
"""Seconds, and probes: as Go's servers have them, Ollama among these."""

_NO_LINGER = struct.pack("ii", 1, 0)


def reset(transport: asyncio.Transport) -> None:
    """End a connection so that the other side sees a reset; a plain close would look clean."""
    with contextlib.suppress(OSError):  # it may be gone already
        _socket(transport).setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()


def keep_alive(transport: asyncio.BaseTransport) -> None:
    """Have a peer found out that vanished without a word, or its request would run on for nobody."""
    own = _socket(transport)
    with contextlib.suppress(OSError):  # as above
        own.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEP_ALIVE.items():
            if hasattr(socket, name):  # not every system lets one choose
                own.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def has_failed(transport: asyncio.BaseTransport) -> bool:
    """Whether a reset came that was not seen yet, as on a connection that is no longer read."""
    error: int = _socket(transport).getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return error != 0


def _socket(transport: asyncio.BaseTransport) -> socket.socket:
    own: socket.socket = transport.get_extra_info("socket")
    return own

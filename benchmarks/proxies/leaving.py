"""How soon the server sees that a client has left, by phase; the server is this very process."""

import socket
import struct
from time import perf_counter

GET = b"GET /api/ps HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
POST = b"POST /api/generate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{"
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n"
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
PHASES = {
    "in the request": (POST, b""),
    "before the first byte": (GET, b""),
    "in the reply": (GET, HEAD),
    "between requests": (GET, WHOLE),
}
"""What the client has sent, and been told."""

TOO_LONG_S = 0.25
NO_LINGER = struct.pack("ii", 1, 0)


def seen_ms(port: int, server: socket.socket, phase: str, *, is_reset: bool) -> float | None:
    """Milliseconds until the server knows; None where it does not soon."""
    sent, told = PHASES[phase]
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(sent)
    own, _ = server.accept()
    with own:
        own.settimeout(TOO_LONG_S)
        own.recv(65536)
        if told:
            own.sendall(told)
            client.settimeout(TOO_LONG_S)
            client.recv(65536)
        if is_reset:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        begun_s = perf_counter()
        client.close()
        return _wait_ms(own, begun_s)


def _wait_ms(own: socket.socket, begun_s: float) -> float | None:
    try:
        while own.recv(65536):
            pass
    except TimeoutError:
        return None
    except ConnectionResetError:
        pass
    return (perf_counter() - begun_s) * 1e3

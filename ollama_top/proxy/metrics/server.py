"""Answers GET /metrics, and nothing else, on a listener of its own.

Must never be in the way of the relay: few at once, short heads, little patience.
"""

import asyncio
import contextlib
from collections.abc import Callable

from ollama_top.proxy.metrics.text import CONTENT_TYPE

MOST_AT_ONCE = 8
PATIENCE_S = 5.0
LONGEST_HEAD_BYTES = 16 << 10


class MetricsServer:
    """One connection, one answer."""

    def __init__(self, page: Callable[[], str]) -> None:
        """Prepare to serve what `page` gives."""
        self._page = page
        self._at_once = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, as asyncio.start_server hands it over."""
        self._at_once += 1
        try:
            if self._at_once <= MOST_AT_ONCE:
                async with asyncio.timeout(PATIENCE_S):
                    writer.write(self._answer(await reader.readuntil(b"\r\n\r\n")))
                    await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.transport.abort()
        finally:
            self._at_once -= 1
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _answer(self, head: bytes) -> bytes:
        method, _, rest = head.partition(b"\r\n")[0].partition(b" ")
        path = rest.partition(b" ")[0].partition(b"?")[0]
        if path != b"/metrics":
            return _reply("404 Not Found", "The metrics are at /metrics.\n", with_body=method != b"HEAD")
        if method not in {b"GET", b"HEAD"}:
            return _reply("405 Method Not Allowed", "")
        return _reply("200 OK", self._page(), with_body=method == b"GET")


def _reply(status: str, text: str, *, with_body: bool = True) -> bytes:
    body = text.encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {CONTENT_TYPE}\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + (body if with_body else b"")

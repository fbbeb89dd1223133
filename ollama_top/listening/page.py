"""Answers GET /metrics, and nothing else, on a listener of its own.

Must never be in the way of what the process is for: few at once, short heads, little patience.
Must never answer a browser that was lured here under a foreign name (DNS rebinding).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack

from ollama_top.listening.addresses import AddressError, Listen, bind, is_loopback, listens_of
from ollama_top.listening.hosts import Hosts
from ollama_top.metrics.text import CONTENT_TYPE

MOST_AT_ONCE = 8
PATIENCE_S = 5.0
FAREWELL_S = 1.0  # for those who are being answered when it ends
LONGEST_HEAD_BYTES = 16 << 10
WORDS = "text/plain; charset=utf-8"


class NoPageError(Exception):
    """There is nothing true to tell at this moment; the text says why."""


class PageServer:
    """One connection, one answer."""

    def __init__(self, page: Callable[[], Awaitable[str]], hosts: Hosts) -> None:
        """Prepare to serve what `page` gives, which may raise NoPageError, under the names of `hosts`."""
        self._page = page
        self._hosts = hosts
        self._serving: set[asyncio.Task[None] | None] = set()
        self._is_over = False

    async def listen(self, listen: Listen, stack: AsyncExitStack) -> tuple[Listen, ...]:
        """Serve until the stack ends; where it came to listen. Raises AddressError."""
        stack.push_async_callback(self._finish)
        bound = bind(listen)
        for own in bound:
            server = await asyncio.start_server(self.serve, sock=own, limit=LONGEST_HEAD_BYTES)
            stack.callback(server.close)
        return listens_of(bound)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, as asyncio.start_server hands it over."""
        own = asyncio.current_task()
        self._serving.add(own)
        try:
            if len(self._serving) <= MOST_AT_ONCE:
                async with asyncio.timeout(PATIENCE_S):
                    head = await reader.readuntil(b"\r\n\r\n")
                writer.write(await self._answer(head))
                async with asyncio.timeout(PATIENCE_S):
                    await writer.drain()
                    writer.close()
                    await writer.wait_closed()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.transport.abort()
        except asyncio.CancelledError:
            writer.transport.abort()
            if not self._is_over:
                raise
        finally:
            self._serving.discard(own)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _finish(self) -> None:
        """Let those who are being answered have their answer, and wait for nobody else."""
        begun = [each for each in self._serving if each is not None]
        if begun:
            _, left = await asyncio.wait(begun, timeout=FAREWELL_S)
            self._is_over = True
            for each in left:
                each.cancel()
            await asyncio.gather(*left)

    async def _answer(self, head: bytes) -> bytes:
        first, *fields = head.split(b"\r\n")
        method, _, rest = first.partition(b" ")
        with_body = method != b"HEAD"
        if not all(map(self._hosts.allow, named_hosts(fields))):
            why = "This name is not known here; --allow-host adds one.\n"
            return _reply("403 Forbidden", why, with_body=with_body)
        if rest.partition(b" ")[0].partition(b"?")[0] != b"/metrics":
            return _reply("404 Not Found", "The metrics are at /metrics.\n", with_body=with_body)
        if method not in {b"GET", b"HEAD"}:
            return _reply("405 Method Not Allowed", "", more="Allow: GET, HEAD\r\n")
        try:
            return _reply("200 OK", await self._page(), with_body=with_body, kind=CONTENT_TYPE)
        except NoPageError as error:
            return _reply("503 Service Unavailable", f"{error}\n", with_body=with_body)


def named_hosts(fields: Sequence[bytes]) -> list[str]:
    """What the Host fields of a head call this server; every byte is some letter there."""
    named = [each.partition(b":") for each in fields]
    return [value.decode("latin-1").strip() for name, _, value in named if name.strip().lower() == b"host"]


def check(listen: Listen, *, allow_remote: bool) -> None:
    """Raises AddressError for a page that others could reach without this being meant."""
    if not allow_remote and not is_loopback(listen):
        raise AddressError(
            f"--metrics: {listen} can be reached by other machines; --allow-remote says that this is meant"
        )


def _reply(status: str, text: str, *, with_body: bool = True, kind: str = WORDS, more: str = "") -> bytes:
    body = text.encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        f"{more}X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + (body if with_body else b"")

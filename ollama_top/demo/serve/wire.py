"""The server's side of HTTP/1.1: questions in, answers out, over kept connections.

As Go's server does, it ends the work on a question as soon as its client is gone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

HEAD_END = b"\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LARGEST_HEAD_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Question:
    """One request; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    client: str  # address without port


class Answer:
    """What goes back to one question, whole or piece by piece."""

    def __init__(
        self,
        transport: asyncio.Transport,
        may_write: asyncio.Event,
        extra: Mapping[str, str],
        *,
        has_body: bool,
    ) -> None:
        """Prepare; `has_body` is false for HEAD."""
        self.status = 0
        self._has_body = has_body
        self._transport = transport
        self._may_write = may_write
        self._extra = extra

    async def whole(self, status: int, body: bytes, content_type: str | None) -> None:
        """Answer with a body of known length."""
        kind = {"Content-Type": content_type} if content_type else {}
        self._head(status, {**kind, "Date": formatdate(usegmt=True), "Content-Length": str(len(body))}, body)
        await self._may_write.wait()

    async def moved(self, status: int, where: str) -> None:
        """Send the client on to another path, which it asks on the same connection."""
        self._head(status, {"Location": where, "Date": formatdate(usegmt=True), "Content-Length": "0"}, b"")
        await self._may_write.wait()

    async def begin(self, content_type: str) -> None:
        """Answer with a stream, whose `piece`s follow up to its `end`."""
        headers = {"Content-Type": content_type, "Date": formatdate(usegmt=True)}
        self._head(200, {**headers, "Transfer-Encoding": "chunked"}, b"")

    async def piece(self, body: bytes) -> None:
        """Send a part of a stream at once."""
        self._transport.write(b"%x\r\n%b\r\n" % (len(body), body))
        await self._may_write.wait()

    async def end(self) -> None:
        """End a stream."""
        self._transport.write(b"0\r\n\r\n")
        await self._may_write.wait()

    def _head(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
        lines += [f"{name}: {value}" for name, value in {**self._extra, **headers}.items()]
        self._transport.write("\r\n".join(lines).encode() + HEAD_END + (body if self._has_body else b""))


Handler = Callable[[Question, Answer], Awaitable[None]]


class Wire(asyncio.Protocol):
    """One client's connection: one question after the other."""

    def __init__(self, handler: Handler, extra: Mapping[str, str] | None = None) -> None:
        """Answer by `handler`, which is cancelled when the client leaves; `extra` headers go with all."""
        self._handler = handler
        self._extra = extra or {}
        self._buffer = bytearray()
        self._task: asyncio.Task[None] | None = None
        self._may_write = asyncio.Event()
        self._may_write.set()
        self._transport: asyncio.Transport | None = None
        self._client = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has come."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._client = str((transport.get_extra_info("peername") or ("",))[0])

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        self._buffer += data
        self._next()

    def pause_writing(self) -> None:
        """The client reads too slowly."""
        self._may_write.clear()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._may_write.set()

    def connection_lost(self, _error: Exception | None) -> None:
        """The client is gone."""
        self._transport = None
        if self._task is not None:
            self._task.cancel()

    def _next(self) -> None:
        """Begin with the next question, once it is here in full and the last is answered."""
        transport = self._transport
        if self._task is not None or transport is None or HEAD_END not in self._buffer:
            if len(self._buffer) > LARGEST_HEAD_BYTES and HEAD_END not in self._buffer and transport:
                transport.abort()
            return
        head, _, rest = bytes(self._buffer).partition(HEAD_END)
        first, headers = _parse_head(head)
        length = headers.get("content-length", "0")
        if len(first) != 3 or not length.isdigit():
            transport.abort()
            return
        if len(rest) < int(length):
            if headers.get("expect") == "100-continue" and not rest:
                transport.write(CONTINUE)
            return
        body = rest[: int(length)]
        del self._buffer[: len(head) + len(HEAD_END) + len(body)]
        question = Question(first[0], first[1].partition("?")[0], headers, body, self._client)
        self._task = asyncio.get_running_loop().create_task(self._work(question, transport))

    async def _work(self, question: Question, transport: asyncio.Transport) -> None:
        is_answered = False
        try:
            has_body = question.method != "HEAD"
            await self._handler(question, Answer(transport, self._may_write, self._extra, has_body=has_body))
            is_answered = True
        finally:
            self._task = None
            if not is_answered:
                transport.abort()
        if question.headers.get("connection", "").lower() == "close":
            transport.close()
        else:
            self._next()


def _parse_head(head: bytes) -> tuple[list[str], dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return first.split(" "), {name.strip().lower(): value.strip() for name, _, value in pairs}

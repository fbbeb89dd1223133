"""Clients: many on kept connections that ask again and again, and many that are streamed to."""

import asyncio
from time import monotonic_ns
from typing import cast

GET = b"GET /api/ps HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: load\r\nAccept: */*\r\n\r\n"
BODY = b'{"model":"gemma3:270m","stream":false,"options":{"num_ctx":4096},"prompt":"%b"}' % (b"why? " * 100)
POST = (
    b"POST /api/generate HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: load\r\nAccept: */*\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
)
STREAMED = BODY.replace(b"false", b"true")
END = b"0\r\n\r\n"
STAMP = b'"at_ns":'


class Asking(asyncio.Protocol):
    """Sends one request after the other, each when the last is answered."""

    transport: asyncio.Transport

    def __init__(self, request: bytes, count: int) -> None:
        self._request = request
        self._left = count
        self._need = 0  # bytes of the reply that are still to come
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """A reply, its head in one piece."""
        if not self._need:
            head, _, body = data.partition(b"\r\n\r\n")
            self._need = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            data = body
        self._need -= len(data)
        if self._need:
            return
        self._left -= 1
        if self._left:
            self.transport.write(self._request)
        else:
            self.transport.close()
            self.done.set_result(None)


class Listening(asyncio.Protocol):
    """Takes one stream, and how late each chunk was in coming."""

    def __init__(self, chunks: int, pace_ms: int) -> None:
        self._target = b"/api/generate?chunks=%d&pace=%d" % (chunks, pace_ms)
        self.late_us: list[float] = []
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        self._transport = cast("asyncio.Transport", transport)
        head = POST.partition(b"\r\n\r\n")[0].replace(b"/api/generate", self._target)
        head = head.replace(str(len(BODY)).encode(), str(len(STREAMED)).encode())
        self._transport.write(head + b"\r\n\r\n" + STREAMED)

    def data_received(self, data: bytes) -> None:
        """Some chunks."""
        now_ns = monotonic_ns()
        for piece in data.split(STAMP)[1:]:
            self.late_us.append((now_ns - int(piece.partition(b"}")[0])) / 1e3)
        if data.endswith(END):
            self._transport.close()
            self.done.set_result(None)


async def ask(port: int, request: bytes, clients: int, count: int) -> None:
    """`count` requests from each of the clients."""
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: Asking(request, count), "127.0.0.1", port)
        for _ in range(clients)
    ]
    await asyncio.gather(*(protocol.done for _, protocol in made))


async def listen(port: int, clients: int, chunks: int, pace_ms: int) -> list[list[float]]:
    """How late every chunk came, in microseconds, by stream."""
    loop = asyncio.get_running_loop()
    made = []
    for _ in range(clients):
        made.append(await loop.create_connection(lambda: Listening(chunks, pace_ms), "127.0.0.1", port))
        await asyncio.sleep(pace_ms / 1e3 / clients)  # so that chunks come one after the other
    await asyncio.gather(*(protocol.done for _, protocol in made))
    return [protocol.late_us for _, protocol in made]

"""A server that answers as Ollama does, but at once and always the same: `server.py PORT`.

`/api/generate?chunks=N&pace=MS` streams N chunks of 150 bytes, each with the time by the monotonic
clock at which it was written. Everything else is answered with a small document.
"""

import asyncio
import sys
from time import monotonic_ns
from typing import cast

SMALL = b'{"models":[' + b'{"name":"gemma3:270m","size":291554930}'.ljust(364) + b"]}"
ANSWER = (
    b'{"model":"m","response":"yes","done":true,"prompt_eval_count":9,"eval_count":3,"eval_duration":7}\n'
)
LAST = ANSWER
FIELDS = b"HTTP/1.1 200 OK\r\nDate: Wed, 25 Nov 2026 01:01:01 GMT\r\n"
JSON = FIELDS + b"Content-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
STREAM = FIELDS + b"Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNK = b"96\r\n%b\r\n"


def chunk() -> bytes:
    """One piece of a streamed answer, 150 bytes with its time."""
    return CHUNK % (b'{"model":"m","response":" x","at_ns":%d}' % monotonic_ns()).ljust(149).__add__(b"\n")


class Answering(asyncio.Protocol):
    """One connection."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._left = 0  # of a request's body
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """A request at a time, its head in one piece: as our load sends it."""
        if self._left:
            self._left -= len(data)
        else:
            head, _, body = data.partition(b"\r\n\r\n")
            self._left = length_of(head) - len(body)
            self._answer = head.split(b" ", 2)[1]
        if self._left <= 0:
            self._left = 0
            self._reply(self._answer)

    def _reply(self, target: bytes) -> None:
        if b"?chunks=" in target:
            count, pace = target.partition(b"?chunks=")[2].split(b"&pace=")
            self.transport.write(STREAM)
            loop = asyncio.get_running_loop()
            self._stream(int(count), int(pace) / 1e3, loop.time())
        else:
            body = SMALL if target == b"/api/ps" else ANSWER
            self.transport.write(JSON % len(body) + body)

    def _stream(self, count: int, pace_s: float, at_s: float) -> None:
        if self.transport.is_closing():
            return
        self.transport.write(chunk())
        if count > 1:
            asyncio.get_running_loop().call_at(at_s + pace_s, self._stream, count - 1, pace_s, at_s + pace_s)
        else:
            self.transport.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(LAST), LAST))


def length_of(head: bytes) -> int:
    """The length that a head tells."""
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


async def main(port: int) -> None:
    """Answer until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answering, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))

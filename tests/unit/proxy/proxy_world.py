"""A relay between a client and a server that do exactly what a test says, over real sockets."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from proxy_watch import Seen

from ollama_top.ollama.host import Target
from ollama_top.proxy.limits import Limits
from ollama_top.proxy.relay import Relay
from ollama_top.proxy.rewriting import Rewriter

PATIENCE_S = 10.0
GET = b"GET /api/tags HTTP/1.1\r\nHost: localhost:11434\r\nx-A:  1\r\n\r\n"
POST_HEAD = b"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"
POST = POST_HEAD + b'{"a": "b"}'
REPLY = b"HTTP/1.1 200 OK\r\nX-b:\t2 \r\nContent-Length: 3\r\n\r\nyes"
STREAM_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
STREAM = STREAM_HEAD + b"3\r\none\r\n3;x=y\r\ntwo\r\n0\r\nSum: 1\r\n\r\n"


class Peer:
    """One end of a connection, held by a test."""

    def __init__(self, own: socket.socket) -> None:
        own.settimeout(0)
        own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = own

    async def send(self, data: bytes) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.get_running_loop().sock_sendall(self.socket, data)

    async def expect(self, data: bytes) -> None:
        """Exactly these bytes come next."""
        got = b""
        while len(got) < len(data):
            piece = await self.some(len(data) - len(got))
            assert piece, f"the end after {got!r}"
            got += piece
        assert got == data

    async def some(self, most: int = 65536) -> bytes:
        """What comes next; nothing at the end; raises ConnectionResetError."""
        async with asyncio.timeout(PATIENCE_S):
            return await asyncio.get_running_loop().sock_recv(self.socket, most)

    async def rest(self) -> bytes:
        """All up to the end."""
        got = bytearray()
        while piece := await self.some():
            got += piece
        return bytes(got)

    async def is_reset(self) -> bool:
        """Whether a reset comes next."""
        try:
            await self.some(1)
        except ConnectionResetError:
            return True
        return False

    async def hears_nothing(self, for_s: float = 0.05) -> bool:
        """Whether nothing comes for a while."""
        try:
            async with asyncio.timeout(for_s):
                await asyncio.get_running_loop().sock_recv(self.socket, 1)
        except TimeoutError:
            return True
        return False

    def end(self) -> None:
        """Say that no more is sent, and go on listening."""
        self.socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class World:
    """A relay, where it listens, and the server behind it."""

    def __init__(self, relay: Relay, port: int, server: socket.socket, seen: Seen) -> None:
        self.relay = relay
        self.port = port
        self.server = server
        self.host, self.server_port = server.getsockname()[:2]
        self.seen = seen
        self.peers: list[Peer] = []

    async def connect(self) -> Peer:
        """A client of the relay."""
        return await self._connect(self.port)

    async def connect_directly(self) -> Peer:
        """A client of the server."""
        return await self._connect(self.server_port)

    async def accept(self) -> Peer:
        """The server's end of the next connection to it."""
        async with asyncio.timeout(PATIENCE_S):
            own, _ = await asyncio.get_running_loop().sock_accept(self.server)
        return self._kept(own)

    async def pair(self, sent: bytes = GET) -> tuple[Peer, Peer]:
        """A client that has sent something, and the server's end, where it has come."""
        client = await self.connect()
        await client.send(sent)
        server = await self.accept()
        await server.expect(sent)
        return client, server

    async def nobody_dials(self, for_s: float = 0.05) -> bool:
        try:
            async with asyncio.timeout(for_s):
                await asyncio.get_running_loop().sock_accept(self.server)
        except TimeoutError:
            return True
        return False

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for what is about to be."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                await asyncio.sleep(0.001)

    def server_moves(self) -> Target:
        """It listens on another port from now on; its new address."""
        self.server.close()
        self.server = listener(self.host)
        return Target("http", self.host, self.server.getsockname()[1])

    def server_goes(self) -> None:
        """Nobody listens there any more."""
        self.server.close()

    def server_returns(self) -> None:
        """Somebody does again."""
        self.server = listener(self.host, self.server_port)

    async def _connect(self, port: int) -> Peer:
        own = socket.socket(self.server.family)
        peer = self._kept(own)
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.get_running_loop().sock_connect(own, (self.host, port))
        return peer

    def _kept(self, own: socket.socket) -> Peer:
        self.peers.append(Peer(own))
        return self.peers[-1]


@asynccontextmanager
async def relayed(
    *,
    limits: Limits = Limits(drain_s=1.0),  # noqa: B008 - frozen
    host: str = "127.0.0.1",
    rewriter: Callable[[Relay], Rewriter | None] = lambda _: None,
) -> AsyncIterator[World]:
    """A relay that runs, and is stopped; nothing of it may be left, and nothing told wrongly."""
    server = listener(host)
    front = listener(host)
    seen = Seen()
    relay = Relay(Target("http", host, server.getsockname()[1]), seen, limits, rewriter)
    await relay.listen([front])
    world = World(relay, front.getsockname()[1], server, seen)
    try:
        yield world
    finally:
        for peer in world.peers:
            peer.close()
        await relay.stop()
        world.server.close()
    assert relay.clients == set()
    assert seen.wrong == []
    assert all(each.is_closed for each in seen.connections)


def listener(host: str, port: int = 0) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    own = socket.create_server((host, port), family=family, backlog=4096)
    own.settimeout(0)
    return own

"""Who reads slowly slows down who sends, and nothing heaps up in the relay."""

import asyncio
import contextlib
import gc
import hashlib
import resource
from collections.abc import AsyncIterator
from random import Random

import pytest
from proxy_world import GET, POST_HEAD, REPLY, STREAM, Peer, relayed

from ollama_top.proxy.client import ClientSide
from ollama_top.proxy.upstream import UpstreamSide
from ollama_top.proxy.wire.connection import Wire

BLOCK = Random(1).randbytes(1024 * 1024)
MOST_KEPT = 1024 * 1024  # what both directions' transports may hold, with room
UNTIL_STUCK_S = 0.3


async def test_a_client_that_never_reads_stops_the_server() -> None:
    async with relayed() as world:
        client, server = await world.pair()
        sent = await fill(server)
        (side,) = world.relay.clients
        assert side.transport.get_write_buffer_size() < MOST_KEPT
        assert sent < 40 * len(BLOCK)
        assert world.seen.last.end is None or world.seen.connections[0].why_opaque
        client.close()
        assert await server.is_reset()


async def test_a_server_that_never_reads_stops_the_client_and_gets_all_at_last() -> None:
    size = 1 << 40
    head = POST_HEAD.replace(b"10", str(size).encode())
    async with relayed() as world:
        client, server = await world.pair(head)
        sent = await fill(client)
        assert sent < 40 * len(BLOCK)
        digest = hashlib.sha256()
        got = 0
        while got < sent:
            piece = await server.some()
            digest.update(piece)
            got += len(piece)
        assert digest.digest() == hashlib.sha256((BLOCK * (sent // len(BLOCK) + 1))[:sent]).digest()


@pytest.mark.parametrize("way", ["up", "down"])
async def test_much_passes_unchanged(way: str) -> None:
    count = 24
    size = str(count * len(BLOCK)).encode()
    async with relayed() as world:
        if way == "up":
            sender, reader = await world.pair(POST_HEAD.replace(b"10", size))
        else:
            reader, sender = await world.pair(GET)
            head = REPLY.partition(b"\r\n\r\n")[0].replace(b"3", size) + b"\r\n\r\n"
            await sender.send(head)
            await reader.expect(head)
        sending = asyncio.create_task(send_all(sender, count))
        digest = hashlib.sha256()
        got = 0
        while got < count * len(BLOCK):
            piece = await reader.some(1 << 20)
            digest.update(piece)
            got += len(piece)
        await sending
        assert digest.digest() == hashlib.sha256(BLOCK * count).digest()
        seen = world.seen.last
        assert len(seen.request if way == "up" else seen.body) == got


async def send_all(sender: Peer, count: int) -> None:
    for _ in range(count):
        await sender.send(BLOCK)


async def fill(peer: Peer) -> int:
    """Bytes that go out until no more do."""
    sent = 0
    loop = asyncio.get_running_loop()
    last_s = loop.time()
    while loop.time() - last_s < UNTIL_STUCK_S:
        try:
            sent += peer.socket.send(BLOCK[sent % len(BLOCK) :][: 64 * 1024])
            last_s = loop.time()
            await asyncio.sleep(0)
        except BlockingIOError:
            await asyncio.sleep(0.005)
    return sent


async def test_nothing_of_a_connection_is_left_in_memory() -> None:
    async with relayed() as world:
        for nth in range(40):
            client, server = await world.pair()
            await server.send(STREAM if nth % 2 else STREAM[:50])
            await client.some()
            leaver, other = (client, server) if nth % 4 < 2 else (server, client)
            leaver.reset() if nth % 3 else leaver.close()
            with contextlib.suppress(ConnectionResetError):
                await other.rest()
            other.close()
        await world.until(lambda: not world.relay.clients)
        await asyncio.sleep(0)
        gc.collect()
        left = [each for each in gc.get_objects() if isinstance(each, ClientSide | UpstreamSide | Wire)]
        assert left == []


@pytest.fixture
async def many_descriptors() -> AsyncIterator[None]:
    needed, before = 9_000, resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] != resource.RLIM_INFINITY and before[1] < needed:
        pytest.skip(f"{needed} descriptors are more than the {before[1]} that are allowed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(needed, before[0]), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_two_thousand_idle_connections_stand_and_work(many_descriptors: None) -> None:
    async with relayed() as world:
        pairs = [await world.pair() for _ in range(2000)]
        for client, server in pairs:
            await server.send(STREAM)
            await client.expect(STREAM)
        assert len(world.relay.clients) == 2000
        for client, server in pairs[::100]:
            await client.send(GET)
            await server.expect(GET)
            await server.send(REPLY)
            await client.expect(REPLY)
        for client, _ in pairs:
            client.close()
        for _, server in pairs:
            assert await server.rest() == b""
            server.close()
        await world.until(lambda: not world.relay.clients)

"""Every byte passes, unchanged and at once, whatever it says."""

import socket
from collections.abc import Callable
from random import Random

import proxy_exchanges
import pytest
from proxy_world import GET, POST, POST_HEAD, REPLY, STREAM, STREAM_HEAD, Peer, World, relayed

KINDS = {
    "get": (GET, REPLY),
    "post": (POST, REPLY),
    "streamed": (POST, STREAM),
    "streamed both ways": (
        POST_HEAD.replace(b"Content-Length: 10", b"Transfer-Encoding: chunked") + b"5\r\nhello\r\n0\r\n\r\n",
        STREAM,
    ),
    "head": (b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n"),
    "no content": (GET, b"HTTP/1.1 204 No Content\r\n\r\n"),
    "not modified": (GET, b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
    "interim": (GET, b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + REPLY),
    "empty chunked": (GET, STREAM_HEAD + b"0\r\n\r\n"),
    "unusual names": (b"get /\xff?a=%00#x HTTP/1.1\r\nhOsT:\tx\r\nHost: y\r\n\r\n", REPLY),
    "no reason": (GET, b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"),
}
CLOSING = {
    "until close": (GET, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it"),
    "HTTP/1.0": (b"GET / HTTP/1.0\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\nall"),
    "HTTP/0.9": (b"GET /\r\n", b"old"),
    "no HTTP": (b"\x16\x03\x01\x00\x05hello", b"HTTP/1.0 400 Bad Request\r\n\r\nthis is HTTP"),
    "nothing but blank lines": (
        b"\r\n\r\n\r\n\r\n",
        b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400",
    ),
    "two lengths": (POST.replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\n"), REPLY),
    "length and coding": (POST.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n"), REPLY),
    "garbage for a reply": (GET, b"\x00\xff\n\ngarbage"),
    "garbage in a reply": (GET, STREAM_HEAD + b"zz\r\n\x00\x01\xff"),
    "garbage behind a reply": (GET, REPLY + b"\x00garbage\r\n\r\n"),
    "too long": (GET, REPLY + REPLY),
    "tunnel": (b"CONNECT a:1 HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n\x00\x01"),
    "other protocol": (GET, b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x05hello"),
    "cut short": (GET, b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly"),
}
UNREAD = sorted(set(CLOSING) - {"until close", "HTTP/1.0", "cut short", "HTTP/0.9"})


@pytest.mark.parametrize("kind", KINDS)
async def test_an_exchange_passes_unchanged_and_the_next_too(kind: str) -> None:
    request, reply = KINDS[kind]
    async with relayed() as world:
        client = await world.connect()
        await client.send(request)
        server = await world.accept()
        await server.expect(request)
        for _ in range(3):
            await server.send(reply)
            await client.expect(reply)
            await client.send(request)
            await server.expect(request)
        assert [each.end for each in world.seen.exchanges] == ["reply_ended"] * 3 + [None]
        assert len(world.seen.connections) == 1


@pytest.mark.parametrize("kind", [*KINDS, *CLOSING])
async def test_both_sides_see_the_same_with_the_relay_and_without(kind: str) -> None:
    request, reply = (KINDS | CLOSING)[kind]
    async with relayed() as world:
        assert await dialogue(world, world.connect, request, reply) == await dialogue(
            world, world.connect_directly, request, reply
        )


async def dialogue(
    world: World, connect: Callable[[], "object"], request: bytes, reply: bytes
) -> tuple[bytes, bytes]:
    client: Peer = await connect()  # type: ignore[misc]
    await client.send(request)
    server = await world.accept()
    await server.expect(request)
    await server.send(reply)
    server.end()
    told = await client.rest()
    client.close()
    return await server.rest(), told


@pytest.mark.parametrize("kind", UNREAD)
async def test_what_cannot_be_read_is_opaque_with_a_reason(kind: str) -> None:
    request, reply = CLOSING[kind]
    async with relayed() as world:
        await dialogue(world, world.connect, request, reply)
        (connection,) = world.seen.connections
        assert connection.why_opaque
        assert all(each.end in {"opaque", "reply_ended"} for each in connection.exchanges)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_each_byte_passes_at_once(host: str) -> None:
    async with relayed(host=host) as world:
        client, server = await world.pair(POST[:1])
        for place in range(1, len(POST)):
            await client.send(POST[place : place + 1])
            await server.expect(POST[place : place + 1])
        for place in range(len(STREAM)):
            await server.send(STREAM[place : place + 1])
            await client.expect(STREAM[place : place + 1])
        seen = world.seen.last
        assert (seen.request, seen.body, seen.end) == (POST[-10:], b"onetwo", "reply_ended")
        assert world.seen.connections[0].client == client.socket.getsockname()[:2]


async def test_the_server_is_dialled_at_the_first_byte() -> None:
    async with relayed() as world:
        client = await world.connect()
        assert await world.nobody_dials()
        await client.send(b"G")
        server = await world.accept()
        await server.expect(b"G")


async def test_a_peer_that_vanishes_is_found_out() -> None:
    """As Go's servers do, or a request would run on for nobody."""
    async with relayed() as world:
        await world.pair()
        (side,) = world.relay.clients
        for transport in (side.transport, side._road.transport):
            assert transport is not None
            own = transport.get_extra_info("socket")
            assert own.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


async def test_requests_at_once_are_answered_in_order() -> None:
    async with relayed() as world:
        client, server = await world.pair(GET + POST + GET)
        await server.send(STREAM + REPLY + STREAM)
        await client.expect(STREAM + REPLY + STREAM)
        assert [each.body for each in world.seen.exchanges] == [b"onetwo", b"yes", b"onetwo"]


async def test_a_body_waits_for_the_servers_leave() -> None:
    """Expect: 100-continue is the server's to answer."""
    expecting = POST_HEAD.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n")
    leave = b"HTTP/1.1 100 Continue\r\n\r\n"
    async with relayed() as world:
        client, server = await world.pair(expecting)
        assert await client.hears_nothing()
        await server.send(leave)
        await client.expect(leave)
        await client.send(POST[-10:])
        await server.expect(POST[-10:])
        await server.send(REPLY)
        await client.expect(REPLY)
        assert world.seen.last.end == "reply_ended"


async def test_a_body_that_was_refused_and_comes_all_the_same_cannot_be_read() -> None:
    expecting = POST_HEAD.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n")
    async with relayed() as world:
        client, server = await world.pair(expecting)
        await server.send(REPLY)
        await client.expect(REPLY)
        await client.send(GET)
        await server.expect(GET)
        assert world.seen.last.end == "reply_ended"
        assert world.seen.connections[0].why_opaque


async def test_a_reply_may_come_before_the_request_has_ended() -> None:
    async with relayed() as world:
        client, server = await world.pair(POST[:-5])
        await server.send(REPLY)
        await client.expect(REPLY)
        await client.send(POST[-5:] + GET)
        await server.expect(POST[-5:] + GET)
        early, after = world.seen.exchanges
        assert (early.is_requested, early.end, after.end) == (False, "reply_ended", None)


async def test_many_streams_at_once_do_not_mix() -> None:
    async with relayed() as world:
        pairs = [await world.pair() for _ in range(256)]
        for _, server in pairs:
            await server.send(STREAM_HEAD)
        for turn in range(4):
            for nth, (_, server) in enumerate(pairs):
                await server.send(f"8\r\n{nth:04}{turn:04}\r\n".encode())
        for nth, (client, server) in enumerate(pairs):
            await server.send(b"0\r\n\r\n")
            chunks = b"".join(f"8\r\n{nth:04}{turn:04}\r\n".encode() for turn in range(4))
            await client.expect(STREAM_HEAD + chunks + b"0\r\n\r\n")
        assert {each.end for each in world.seen.exchanges} == {"reply_ended"}


@pytest.mark.parametrize("seed", range(20))
async def test_made_up_exchanges_pass_unchanged(seed: int) -> None:
    await made_up_exchanges_pass(Random(seed), count=10)


@pytest.mark.long
async def test_five_thousand_made_up_exchanges_pass_unchanged() -> None:
    for seed in range(500):
        await made_up_exchanges_pass(Random(1000 + seed), count=10)


async def made_up_exchanges_pass(random: Random, count: int) -> None:
    async with relayed() as world:
        client = await world.connect()
        server: Peer | None = None
        for nth in range(count):
            exchange = proxy_exchanges.made_up(random, is_last=nth == count - 1)
            for piece in proxy_exchanges.pieces(random, exchange.request):
                await client.send(piece)
            server = server or await world.accept()
            await server.expect(exchange.request)
            for piece in proxy_exchanges.pieces(random, exchange.reply):
                await server.send(piece)
            if exchange.ends_connection:
                server.end()
            await client.expect(exchange.reply)
            await world.until(lambda: world.seen.last.end == "reply_ended")
            assert world.seen.last.body == exchange.reply_body

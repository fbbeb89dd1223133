"""An end is passed on as an end and a reset as a reset, in every phase and from either side."""

import asyncio

import pytest
from proxy_world import GET, POST, REPLY, STREAM, STREAM_HEAD, Peer, World, relayed

from ollama_top.ollama.host import Target
from ollama_top.proxy import dialling, road

PHASES = {
    "in the head of a request": (GET[:9], b""),
    "in the body of a request": (POST[:-3], b""),
    "before the first byte of the reply": (GET, b""),
    "in the head of the reply": (GET, STREAM_HEAD[:20]),
    "in the reply": (POST, STREAM_HEAD + b"3\r\none\r\n"),
    "in an early reply": (POST[:-3], STREAM_HEAD + b"3\r\none\r\n"),
    "between exchanges": (GET, REPLY),
    "where nothing can be read": (b"\x00\x01", b"\x00\x02"),
}
"""What the client has sent, and what it was told."""

UNFINISHED = {"in the body of a request", "before the first byte of the reply", "in the head of the reply",
              "in the reply", "in an early reply"}  # fmt: skip


async def brought_to(world: World, phase: str) -> tuple[Peer, Peer]:
    sent, told = PHASES[phase]
    client, server = await world.pair(sent)
    if told:
        await server.send(told)
        await client.expect(told)
    return client, server


@pytest.mark.parametrize("phase", PHASES)
async def test_a_client_that_closes_is_seen_by_the_server_as_closed(phase: str) -> None:
    async with relayed() as world:
        client, server = await brought_to(world, phase)
        client.close()
        assert await server.rest() == b""
        server.close()
        await world.until(lambda: not world.relay.clients)
        check_end(world, phase, "client_left")


@pytest.mark.parametrize("phase", PHASES)
async def test_a_client_that_resets_is_seen_by_the_server_as_a_reset(phase: str) -> None:
    async with relayed() as world:
        client, server = await brought_to(world, phase)
        client.reset()
        assert await server.is_reset()
        await world.until(lambda: not world.relay.clients)
        check_end(world, phase, "client_left")


@pytest.mark.parametrize("phase", PHASES)
async def test_a_server_that_closes_is_seen_by_the_client_as_closed(phase: str) -> None:
    async with relayed() as world:
        client, server = await brought_to(world, phase)
        server.close()
        assert await client.rest() == b""
        client.close()
        await world.until(lambda: not world.relay.clients)
        check_end(world, phase, "upstream_cut")


@pytest.mark.parametrize("phase", PHASES)
async def test_a_server_that_resets_is_seen_by_the_client_as_a_reset(phase: str) -> None:
    async with relayed() as world:
        client, server = await brought_to(world, phase)
        server.reset()
        assert await client.is_reset()
        await world.until(lambda: not world.relay.clients)
        check_end(world, phase, "upstream_cut")


def check_end(world: World, phase: str, end: str) -> None:
    expected = [end] if phase in UNFINISHED else ["reply_ended"] if phase == "between exchanges" else []
    assert [each.end for each in world.seen.exchanges] == expected


async def test_a_client_that_never_says_anything_leaves_nothing_behind() -> None:
    async with relayed() as world:
        closing, resetting = await world.connect(), await world.connect()
        await world.until(lambda: len(world.relay.clients) == 2)
        closing.close()
        resetting.reset()
        await world.until(lambda: not world.relay.clients)
        assert await world.nobody_dials()


async def test_a_client_that_ends_may_still_listen() -> None:
    """As `nc -N` does: what it asked for comes, and only then the end."""
    async with relayed() as world:
        client, server = await world.pair(GET)
        client.end()
        assert await server.rest() == b""
        await server.send(STREAM)
        server.close()
        assert await client.rest() == STREAM
        client.close()
        await world.until(lambda: not world.relay.clients)
        assert world.seen.last.end == "reply_ended"


async def test_a_server_that_ends_may_still_listen() -> None:
    async with relayed() as world:
        client, server = await world.pair(POST[:-3])
        await server.send(REPLY)
        server.end()
        assert await client.rest() == REPLY
        await client.send(POST[-3:])
        client.close()
        assert await server.rest() == POST[-3:]


async def test_a_client_that_closed_is_gone_when_the_reply_comes_all_the_same() -> None:
    """Ollama answers a request that it has broken off: nobody was told that answer."""
    async with relayed() as world:
        client, server = await world.pair(GET)
        client.close()
        assert await server.rest() == b""
        await server.send(REPLY)
        await world.until(lambda: not world.relay.clients)
        assert world.seen.last.end == "client_left"


async def test_a_reply_that_ends_with_the_connection_is_complete_then() -> None:
    async with relayed() as world:
        client, server = await world.pair(GET)
        await server.send(b"HTTP/1.1 200 OK\r\n\r\nall")
        server.close()
        assert await client.rest() == b"HTTP/1.1 200 OK\r\n\r\nall"
        assert (world.seen.last.end, world.seen.last.body) == ("reply_ended", b"all")


async def test_a_reply_that_would_end_with_the_connection_is_cut_by_a_reset() -> None:
    async with relayed() as world:
        client, server = await world.pair(GET)
        await server.send(b"HTTP/1.1 200 OK\r\n\r\nall")
        await client.expect(b"HTTP/1.1 200 OK\r\n\r\nall")
        server.reset()
        assert await client.is_reset()
        assert world.seen.last.end == "upstream_cut"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_a_server_that_is_down_is_told_at_once(method: str) -> None:
    async with relayed() as world:
        world.server_goes()
        client = await world.connect()
        await client.send(GET.replace(b"GET", method.encode()))
        reply = await client.rest()
        head, _, body = reply.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
        assert (b'{"error": "ollama-top proxy: ' + world.relay.upstream.url.encode() in body) == (
            method != "HEAD"
        )
        assert (b"refused" in body) == (method != "HEAD")
        assert (world.seen.last.end, world.seen.last.status) == ("upstream_down", None)
        client.close()
        await world.until(lambda: not world.relay.clients)


async def test_a_client_that_still_sends_can_read_why_the_server_is_down() -> None:
    """A close with unread bytes would be a reset, which takes the answer with it."""
    async with relayed() as world:
        world.server_goes()
        client = await world.connect()
        await client.send(POST[:-3])
        await asyncio.sleep(0.05)
        await client.send(POST[-3:] * 1000)
        assert (await client.rest()).startswith(b"HTTP/1.1 502 ")


@pytest.mark.parametrize("is_reset", [True, False])
async def test_a_client_may_leave_while_the_server_is_dialled(
    is_reset: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialled, is_dialled, is_let = [], asyncio.Event(), asyncio.Event()

    async def dial_later(*arguments: object) -> None:
        is_dialled.set()
        try:
            await is_let.wait()
            await dialling.dial(*arguments)  # type: ignore[arg-type]
        finally:
            dialled.append(True)

    monkeypatch.setattr(road, "dial", dial_later)
    async with relayed() as world:
        client = await world.connect()
        await client.send(GET)
        await is_dialled.wait()
        if is_reset:
            client.reset()
            await world.until(lambda: not world.relay.clients)
            assert dialled, "nobody goes on dialling"
            assert world.seen.last.end == "client_left"
        else:
            client.end()
            assert await client.hears_nothing(), "it may still listen"
            is_let.set()
            assert await (await world.accept()).rest() == GET


async def test_a_server_that_takes_no_connection_is_down_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "create_connection", lambda *_: asyncio.sleep(60))
    with pytest.raises(
        dialling.UnreachableError, match=r"http://[^ ]*:9 cannot .*no connection within 0\.01 s"
    ):
        await dialling.dial(Target("http", "127.0.0.1", 9), asyncio.Protocol, 0.01)


async def test_a_server_whose_name_nobody_knows_is_down() -> None:
    with pytest.raises(dialling.UnreachableError, match=r"nowhere\.invalid:9 cannot be reached: \w+"):
        await dialling.dial(Target("http", "nowhere.invalid", 9), asyncio.Protocol, 5.0)

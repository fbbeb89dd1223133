"""During a hold new requests wait in the relay, what runs goes on, and a lost server is not missed."""

import asyncio
import contextlib

import pytest
from proxy_world import GET, POST, REPLY, STREAM, STREAM_HEAD, Peer, World, relayed

from ollama_top.proxy.hold import Standing
from ollama_top.proxy.limits import Limits

LONG_S = 60.0


async def between_exchanges(world: World) -> tuple[Peer, Peer]:
    client, server = await world.pair(GET)
    await server.send(REPLY)
    await client.expect(REPLY)
    return client, server


async def test_a_request_waits_until_release_and_goes_to_the_new_server() -> None:
    async with relayed() as world:
        client, server = await between_exchanges(world)
        assert world.relay.hold.hold(LONG_S) == Standing(is_holding=True, running=0, held=0, unheld=())
        server.close()
        world.server_goes()
        await client.send(POST)
        assert await client.hears_nothing(), "neither an end nor an error"
        assert world.relay.hold.standing == Standing(is_holding=True, running=0, held=1, unheld=())
        world.server_returns()
        world.relay.hold.release()
        anew = await world.accept()
        await anew.expect(POST)
        await anew.send(STREAM)
        await client.expect(STREAM)
        assert [each.end for each in world.seen.exchanges] == ["reply_ended"] * 2
        assert world.relay.hold.standing == Standing(is_holding=False, running=0, held=0, unheld=())


async def test_a_server_that_resets_between_exchanges_is_not_missed_either() -> None:
    async with relayed() as world:
        client, server = await between_exchanges(world)
        world.relay.hold.hold(LONG_S)
        server.reset()
        assert await client.hears_nothing()
        world.relay.hold.release()
        await client.send(GET)
        await (await world.accept()).expect(GET)


async def test_a_connection_that_the_server_kept_is_used_again() -> None:
    async with relayed() as world:
        client, server = await between_exchanges(world)
        world.relay.hold.hold(LONG_S)
        await client.send(GET)
        assert await server.hears_nothing()
        world.relay.hold.release()
        await server.expect(GET)
        await client.send(POST)
        await server.expect(POST)


async def test_what_runs_goes_on_to_its_end() -> None:
    async with relayed() as world:
        asking, hearing = await world.pair(POST[:-3])
        listening, telling = await world.pair(GET)
        await telling.send(STREAM_HEAD)
        await listening.expect(STREAM_HEAD)
        assert world.relay.hold.hold(LONG_S).running == 2
        await asking.send(POST[-3:])
        await hearing.expect(POST[-3:])
        await hearing.send(REPLY)
        await asking.expect(REPLY)
        await telling.send(STREAM[len(STREAM_HEAD) :])
        await listening.expect(STREAM[len(STREAM_HEAD) :])
        assert world.relay.hold.standing.running == 0


async def test_a_request_behind_the_one_under_way_is_held() -> None:
    async with relayed() as world:
        client, server = await world.pair(POST[:-3])
        world.relay.hold.hold(LONG_S)
        await client.send(POST[-3:] + GET)
        await server.expect(POST[-3:])
        assert await server.hears_nothing()
        await server.send(REPLY)
        await client.expect(REPLY)
        server.close()
        assert await client.hears_nothing()
        world.relay.hold.release()
        await (await world.accept()).expect(GET)


async def test_a_new_client_waits_too() -> None:
    async with relayed() as world:
        world.relay.hold.hold(LONG_S)
        client = await world.connect()
        await client.send(GET[:5])
        assert await world.nobody_dials()
        await client.send(GET[5:])
        world.relay.hold.release()
        await (await world.accept()).expect(GET)


async def test_the_bound_releases_everything() -> None:
    async with relayed() as world:
        client = await world.connect()
        world.relay.hold.hold(0.05)
        await client.send(GET)
        await (await world.accept()).expect(GET)
        assert not world.relay.hold.is_holding


async def test_another_hold_moves_the_bound() -> None:
    async with relayed() as world:
        world.relay.hold.hold(0.01)
        world.relay.hold.hold(LONG_S)
        await asyncio.sleep(0.03)
        assert world.relay.hold.is_holding


async def test_an_opaque_connection_is_listed_and_passes() -> None:
    async with relayed() as world:
        client, server = await world.pair(b"\x00\x01")
        (unheld,) = world.relay.hold.hold(LONG_S).unheld
        assert unheld.client == client.socket.getsockname()
        assert unheld.why
        await client.send(b"\x02")
        await server.expect(b"\x02")
        server.close()
        assert await client.rest() == b"", "its end is passed on"


async def test_a_reply_that_is_cut_in_a_hold_is_cut_for_the_client() -> None:
    async with relayed() as world:
        client, server = await world.pair(GET)
        await server.send(STREAM_HEAD)
        await client.expect(STREAM_HEAD)
        world.relay.hold.hold(LONG_S)
        server.reset()
        assert await client.is_reset()


async def test_what_a_client_may_leave_here_is_bounded() -> None:
    async with relayed(limits=Limits(aside_bytes=100_000, drain_s=1.0)) as world:
        world.relay.hold.hold(LONG_S)
        client = await world.connect()
        sending = asyncio.create_task(client.send(POST * 100_000))
        await world.until(lambda: len(world.relay.clients) == 1)
        await asyncio.sleep(0.1)
        assert not sending.done()
        (side,) = world.relay.clients
        assert len(side._held) < 1_000_000
        world.relay.hold.release()
        server = await world.accept()
        got = 0
        while got < len(POST) * 100_000:
            got += len(await server.some())
        await sending


async def test_a_client_that_leaves_during_a_hold_is_not_forgotten() -> None:
    """Whether it still listens is the server's to find out, as without a relay."""
    async with relayed() as world:
        ending, leaving = await world.connect(), await between_exchanges(world)
        world.relay.hold.hold(LONG_S)
        leaving[0].close()
        assert await leaving[1].rest() == b""
        leaving[1].close()
        await ending.send(GET)
        ending.end()
        await world.until(lambda: len(world.relay.clients) == 1)
        assert await world.nobody_dials()
        world.relay.hold.release()
        server = await world.accept()
        assert await server.rest() == GET
        await server.send(REPLY)
        server.close()
        assert await ending.rest() == REPLY


async def test_a_server_that_is_not_back_at_release_is_down() -> None:
    async with relayed() as world:
        client, server = await between_exchanges(world)
        world.relay.hold.hold(LONG_S)
        server.close()
        world.server_goes()
        await client.send(GET)
        await world.until(lambda: world.relay.hold.standing.held == 1)
        world.relay.hold.release()
        assert (await client.rest()).startswith(b"HTTP/1.1 502 ")
        assert [each.end for each in world.seen.exchanges] == ["reply_ended", "upstream_down"]


async def test_a_head_that_is_half_sent_is_under_way() -> None:
    """Its first half is lost with the server; who restarts that has to know."""
    async with relayed() as world:
        client, server = await world.pair(GET[:9])
        assert world.relay.hold.hold(LONG_S).running == 1
        await client.send(GET[9:])
        await server.expect(GET[9:])
        await server.send(REPLY)
        await client.expect(REPLY)
        assert world.relay.hold.standing.running == 0


async def test_an_oversized_head_behind_the_servers_end_ends_the_connection() -> None:
    """There is nothing left to say it in: the client was told that nothing more comes."""
    wrong: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: wrong.append(context))
    async with relayed() as world:
        client, server = await between_exchanges(world)
        server.end()
        assert await client.rest() == b""
        with contextlib.suppress(ConnectionError):
            await client.send(b"GET / HTTP/1.1\r\nx: " + b"x" * 300_000)
        await world.until(lambda: not world.relay.clients)
    assert not wrong


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: Close\r\n\r\n",
    ],
)
async def test_an_end_that_the_reply_announced_is_passed_on(head: bytes) -> None:
    """The client may wait for it, and sends nothing more that could be held."""
    async with relayed() as world:
        client, server = await world.pair(GET)
        world.relay.hold.hold(LONG_S)
        await server.send(head + b"yes")
        server.close()
        assert await client.rest() == head + b"yes"


async def test_a_connection_of_old_that_is_kept_is_held() -> None:
    kept = b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nyes"
    async with relayed() as world:
        client, server = await world.pair(GET)
        world.relay.hold.hold(LONG_S)
        await server.send(kept)
        server.close()
        await client.expect(kept)
        assert await client.hears_nothing()
        await client.send(GET)
        world.relay.hold.release()
        await (await world.accept()).expect(GET)

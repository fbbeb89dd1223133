"""What the relay takes on at most, and how it refuses the rest."""

import asyncio
import json
import resource

import pytest
from proxy_world import GET, REPLY, STREAM_HEAD, relayed

from ollama_top.proxy import limits
from ollama_top.proxy.limits import Limits, TooFewDescriptorsError, raise_descriptors
from ollama_top.proxy.wire.reader import LARGEST_HEAD


async def test_a_client_too_many_is_told_so() -> None:
    async with relayed(limits=Limits(connections=2, drain_s=1.0)) as world:
        (first, server), _ = await world.pair(), await world.pair()
        third = await world.connect()
        await third.send(GET)
        head, _, body = (await third.rest()).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 503 ")
        assert "2 connections" in json.loads(body)["error"]
        first.close()
        server.close()
        await world.until(lambda: len(world.relay.clients) == 1)
        await world.pair()


async def test_clients_far_too_many_are_reset() -> None:
    async with relayed(limits=Limits(connections=1, drain_s=1.0)) as world:
        await world.pair()
        told = [await world.connect() for _ in range(limits.TURNED_AWAY)]
        await world.until(lambda: len(world.relay.turned_away) == len(told))
        assert await (await world.connect()).is_reset()
        for each in told:
            each.close()
        await world.until(lambda: not world.relay.turned_away)


@pytest.mark.parametrize("is_at_once", [True, False])
async def test_a_head_without_end_is_refused(is_at_once: bool) -> None:
    begun = b"GET / HTTP/1.1\r\nX: "
    async with relayed() as world:
        client = await world.connect()
        if not is_at_once:
            await client.send(begun[:9])
            await (await world.accept()).expect(begun[:9])
            begun = begun[9:]
        await client.send(begun + b"x" * (LARGEST_HEAD + 10))
        head, _, body = (await client.rest()).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 431 ")
        assert str(LARGEST_HEAD) in json.loads(body)["error"]
        client.close()
        await world.until(lambda: not world.relay.clients)
        assert world.seen.connections[0].why_opaque


async def test_a_large_head_passes() -> None:
    large = b"GET / HTTP/1.1\r\nX: " + b"x" * (LARGEST_HEAD - 1000) + b"\r\n\r\n"
    async with relayed() as world:
        client, server = await world.pair(large)
        await server.send(REPLY)
        await client.expect(REPLY)
        assert world.seen.last.end == "reply_ended"


async def test_a_reply_without_an_end_of_its_head_passes_unread() -> None:
    large = b"HTTP/1.1 200 OK\r\nX: " + b"x" * (LARGEST_HEAD + 10) + b"\r\n\r\n"
    async with relayed() as world:
        client, server = await world.pair()
        await server.send(large)
        await client.expect(large)
        assert world.seen.last.end == "opaque"


async def test_a_client_that_says_nothing_at_first_is_left() -> None:
    async with relayed(limits=Limits(first_byte_s=0.0, drain_s=1.0)) as world:
        silent = await world.connect()
        waiting, _ = await world.pair(GET[:5])
        await world.until(lambda: len(world.relay.clients) == 2)
        world.relay._tidying.cancel()
        world.relay._tidy()
        assert await silent.rest() == b""
        assert await waiting.hears_nothing(), "it has said something, and may take its time"


async def test_a_queued_request_is_never_cut() -> None:
    async with relayed(limits=Limits(first_byte_s=0.0, half_closed_s=0.0, drain_s=0.0)) as world:
        client, server = await world.pair()
        world.relay._tidying.cancel()
        world.relay._tidy()
        assert await client.hears_nothing()
        await server.send(REPLY)
        await client.expect(REPLY)


async def test_a_client_that_stays_when_the_server_has_left_is_left_in_the_end() -> None:
    async with relayed(limits=Limits(half_closed_s=0.0, drain_s=1.0)) as world:
        client, server = await world.pair()
        await server.send(REPLY)
        server.close()
        assert await client.rest() == REPLY
        assert len(world.relay.clients) == 1
        world.relay._tidying.cancel()
        world.relay._tidy()
        await world.until(lambda: not world.relay.clients)


async def test_stopping_waits_for_what_runs_and_for_nothing_else() -> None:
    async with relayed(limits=Limits(drain_s=10.0)) as world:
        idle, server = await world.pair()
        await server.send(REPLY)
        await idle.expect(REPLY)
        running, telling = await world.pair()
        await telling.send(STREAM_HEAD)
        task = asyncio.create_task(world.relay.stop())
        assert await idle.rest() == b""
        with pytest.raises(ConnectionRefusedError):
            await world.connect()
        await running.expect(STREAM_HEAD)
        assert not task.done()
        await telling.send(b"0\r\n\r\n")
        assert await running.rest() == b"0\r\n\r\n"
        await task
        assert not world.relay.clients


async def test_stopping_waits_no_longer_than_its_limit() -> None:
    async with relayed(limits=Limits(drain_s=0.05)) as world:
        client, _ = await world.pair()
        await world.relay.stop()
        assert await client.is_reset()
        assert not world.relay.clients


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, int]]:
    now = {"limit": (1024, 4096)}
    monkeypatch.setattr(resource, "getrlimit", lambda _: now["limit"])
    monkeypatch.setattr(resource, "setrlimit", lambda _, limit: now.update(limit=limit))
    return now


def test_descriptors_are_raised_as_far_as_needed(allowed: dict[str, tuple[int, int]]) -> None:
    raise_descriptors(1000)
    assert allowed["limit"] == (2128, 4096)
    raise_descriptors(100)
    assert allowed["limit"] == (2128, 4096), "never lowered"


def test_too_few_descriptors_are_refused_with_what_fits(allowed: dict[str, tuple[int, int]]) -> None:
    with pytest.raises(TooFewDescriptorsError, match=r"4096 are allowed.*--max-connections 1984") as refusal:
        raise_descriptors(4096)
    fits = int(str(refusal.value).rpartition(" ")[2])
    raise_descriptors(fits)
    assert allowed["limit"] == (4096, 4096)


def test_without_a_limit_nothing_is_raised(allowed: dict[str, tuple[int, int]]) -> None:
    allowed["limit"] = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    raise_descriptors(1_000_000)
    assert allowed["limit"] == (resource.RLIM_INFINITY, resource.RLIM_INFINITY)

"""One reader at a time holds; who is gone holds no more; only the owner says where the server is."""

import asyncio
from dataclasses import dataclass

import pytest
from proxy_world import GET, POST, REPLY, World, relayed

from ollama_top.listening.addresses import Listen
from ollama_top.ollama.host import Target, parse_target
from ollama_top.proxy.feed.orders import Hold, Look, OrderError, Release, Stop
from ollama_top.proxy.obeying import Obeying


@dataclass(eq=False)
class Reader:
    pid: int | None = 4711
    is_owner: bool = True


def obeying(world: World) -> Obeying:
    return Obeying(world.relay, [Listen("127.0.0.1", world.port)])


async def test_another_holder_is_refused_with_who_holds() -> None:
    async with relayed() as world:
        obeys, first, second = obeying(world), Reader(), Reader(pid=4712)
        begun = obeys.obey(Hold(30.0), first)
        assert (begun.holding, begun.holder_pid) == (True, 4711)
        assert begun.left_s == pytest.approx(30.0, abs=1.0)
        for order in (Hold(30.0), Release(), Release(Target("http", "127.0.0.1", 7))):
            with pytest.raises(OrderError, match="process 4711 holds requests back already, for 30 s more"):
                obeys.obey(order, second)
        assert obeys.obey(Look(), second).holder_pid == 4711
        obeys.obey(Hold(0.01), first)
        await asyncio.sleep(0.05)
        assert obeys.obey(Hold(30.0), second).holder_pid == 4712, "the first one's time had passed"
        assert not obeys.obey(Release(), second).holding


async def test_a_holder_in_another_namespace_is_told_without_a_number() -> None:
    async with relayed() as world:
        obeys = obeying(world)
        assert obeys.obey(Hold(30.0), Reader(pid=None)).holder_pid is None
        with pytest.raises(OrderError, match="a process that cannot be seen holds"):
            obeys.obey(Hold(30.0), Reader())


async def test_what_a_holder_held_goes_on_as_soon_as_it_is_gone() -> None:
    async with relayed() as world:
        obeys, holder, watcher = obeying(world), Reader(), Reader()
        client = await world.connect()
        obeys.obey(Hold(60.0), holder)
        await client.send(GET)
        await world.until(lambda: obeys.obey(Look(), watcher).held == 1)
        obeys.left(watcher)
        assert await world.nobody_dials()
        obeys.left(holder)
        await (await world.accept()).expect(GET)
        assert not obeys.obey(Look(), watcher).holding


async def test_a_server_at_another_address_is_where_all_goes_on() -> None:
    async with relayed() as world:
        obeys, holder = obeying(world), Reader()
        resting, old_end = await world.pair(GET)
        await old_end.send(REPLY)
        await resting.expect(REPLY)
        busy, busy_end = await world.pair(GET)
        obeys.obey(Hold(60.0), holder)
        waiting = await world.connect()
        await waiting.send(GET)
        moved = world.server_moves()
        obeys.obey(Release(moved), holder)
        assert world.relay.upstream == moved
        await (await world.accept()).expect(GET)
        assert await old_end.rest() == b"", "nobody's idle connection stays there"
        await resting.send(POST)
        await (await world.accept()).expect(POST)
        await busy_end.send(REPLY)
        await busy.expect(REPLY)
        await busy.send(POST)
        anew = await world.accept()
        await anew.expect(POST)
        assert await busy_end.rest() == b"", "it was left once its exchange had ended"
        await anew.send(REPLY)
        await busy.expect(REPLY)
        await busy.send(GET[:7])
        await anew.expect(GET[:7])


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://198.51.100.7:11434", "is on another machine"),
        ("http://elsewhere.invalid:11434", "is on another machine"),
        ("https://127.0.0.1:11434", "must speak plain http"),
        ("http://127.0.0.1:11434/below", "must speak plain http"),
    ],
)
async def test_no_other_server_is_taken(address: str, why: str) -> None:
    async with relayed() as world:
        before = world.relay.upstream
        with pytest.raises(OrderError, match=why):
            obeying(world).obey(Release(parse_target(address)), Reader())
        assert world.relay.upstream == before


async def test_its_own_address_is_not_taken_for_the_servers() -> None:
    async with relayed() as world:
        with pytest.raises(OrderError, match="own address"):
            obeying(world).obey(Release(Target("http", "localhost", world.port)), Reader())


async def test_only_the_owner_moves_the_server_and_stops_the_proxy() -> None:
    async with relayed() as world:
        obeys, guest = obeying(world), Reader(is_owner=False)
        obeys.obey(Hold(5.0), guest)
        assert not obeys.obey(Release(world.relay.upstream), guest).holding, "as it is, anybody may say"
        with pytest.raises(OrderError, match="only the user of the proxy, and root, may name another"):
            obeys.obey(Release(Target("http", "127.0.0.1", 7)), guest)
        with pytest.raises(OrderError, match="may stop it"):
            obeys.obey(Stop(), guest)
        assert not world.relay.asked_to_stop.is_set()
        obeys.obey(Stop(), Reader())
        assert world.relay.asked_to_stop.is_set()

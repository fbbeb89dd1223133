"""A monitor can tell over which of the server's connections an exchange goes on."""

from proxied import running
from proxy_world import POST, REPLY, relayed

from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.proxy.metering.meter import Meter
from ollama_top.proxy.metering.metered import Metered
from ollama_top.proxy.metering.telling import exchange_of
from ollama_top.proxy.watching import RequestHead


async def test_the_relay_tells_from_where_it_calls_the_server() -> None:
    async with relayed() as world:
        client = await world.connect()
        await client.send(POST)
        server = await world.accept()
        await server.expect(POST)
        await server.send(REPLY)
        await client.expect(REPLY)
        assert world.seen.connections[-1].dialled_from == [server.socket.getpeername()]
        assert world.seen.wrong == []


def test_an_exchange_is_told_anew_once_the_server_is_called() -> None:
    meter = Meter()
    told: list[Metered] = []
    connection = meter.opened(("127.0.0.1", 40001), 0.0)
    meter.listeners.append(told.append)
    connection.exchange(RequestHead("POST", "/api/chat", ()), 0.0)
    before = running(meter).upstream_address
    assert isinstance(before, Missing)
    assert before.why is Why.PENDING
    connection.dialled(("::1", 50001), 0.1)
    assert running(meter).upstream_address == Known("[::1]:50001", Source.PROXY)
    assert len(told) == 2


def test_an_exchange_keeps_the_connection_it_went_over() -> None:
    """As after a hold: the server is called anew, from another port."""
    meter = Meter()
    connection = meter.opened(("127.0.0.1", 40001), 0.0)
    connection.exchange(RequestHead("POST", "/api/chat", ()), 0.0).client_left(0.1)
    connection.dialled(("::1", 50001), 0.1)
    connection.hung_up(0.2)
    connection.exchange(RequestHead("POST", "/api/chat", ()), 0.3)
    assert isinstance(running(meter).upstream_address, Missing), "not the port of the one before"
    connection.dialled(("::1", 50002), 0.4)
    assert running(meter).upstream_address == Known("[::1]:50002", Source.PROXY)
    assert exchange_of(meter.finished[0]).upstream_address == Known("[::1]:50001", Source.PROXY)


async def test_the_relay_tells_that_it_has_hung_up() -> None:
    async with relayed() as world:
        client, server = await world.pair(POST)
        await server.send(REPLY)
        await client.expect(REPLY)
        world.relay.hold.hold(60.0)
        server.close()
        await world.until(lambda: world.seen.connections[-1].hang_ups == 1)
        world.relay.hold.release()
        await client.send(POST)
        await (await world.accept()).expect(POST)
        assert len(world.seen.connections[-1].dialled_from) == 2

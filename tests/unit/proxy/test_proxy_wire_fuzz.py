"""Made-up exchanges in made-up pieces, read as h11 reads them; and bytes that are no exchange."""

from random import Random

import h11
import proxy_exchanges
from hypothesis import given
from hypothesis import strategies as st
from proxy_exchanges import Exchange, pieces
from proxy_watch import Seen

from ollama_top.proxy.wire.connection import Wire

SEEDS = st.integers(0, 2**64)


def by_h11(exchange: Exchange) -> tuple[str, bytes, int, bytes]:
    """Method, content, status and content, as h11 has them."""
    server = h11.Connection(h11.SERVER)
    server.receive_data(exchange.request)
    request = server.next_event()
    assert isinstance(request, h11.Request)
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method=request.method, target="/", headers=[("Host", "h")]))
    client.send(h11.EndOfMessage())
    client.receive_data(exchange.reply)
    if exchange.ends_connection:
        client.receive_data(b"")
    reply = client.next_event()
    while isinstance(reply, h11.InformationalResponse):
        reply = client.next_event()
    assert isinstance(reply, h11.Response)
    return request.method.decode(), content_of(server), reply.status_code, content_of(client)


def content_of(connection: h11.Connection) -> bytes:
    content = b""
    while isinstance(event := connection.next_event(), h11.Data):
        content += event.data
    assert isinstance(event, h11.EndOfMessage)
    return content


def sequence(random: Random) -> list[Exchange]:
    count = random.randrange(1, 5)
    return [proxy_exchanges.made_up(random, is_last=nth == count - 1) for nth in range(count)]


def passing(random: Random, exchanges: list[Exchange]) -> list[tuple[bool, bytes]]:
    """Pieces in an order in which they may pass: whether the client's, and the bytes."""
    way = random.choice(["in turn", "pipelined", "early"])
    asked = [[(True, each) for each in pieces(random, exchange.request)] for exchange in exchanges]
    told = [[(False, each) for each in pieces(random, exchange.reply)] for exchange in exchanges]
    if way == "pipelined":
        joined = pieces(random, b"".join(each.request for each in exchanges))
        replies = pieces(random, b"".join(each.reply for each in exchanges))
        return [*((True, each) for each in joined), *((False, each) for each in replies)]
    if way == "early":
        return [piece for one, other in zip(asked, told, strict=True) for piece in early(random, one, other)]
    return [piece for one, other in zip(asked, told, strict=True) for piece in (*one, *other)]


def early(
    random: Random, asked: list[tuple[bool, bytes]], told: list[tuple[bool, bytes]]
) -> list[tuple[bool, bytes]]:
    """A reply that begins as soon as the head of its request has passed."""
    sent, data = 0, b""
    while b"\r\n\r\n" not in data:
        data += asked[sent][1]
        sent += 1
    rest = random.randrange(sent, len(asked) + 1)
    return [*asked[:rest], *told, *asked[rest:]]


@given(SEEDS)
def test_every_exchange_is_read_as_h11_reads_it(seed: int) -> None:
    random = Random(seed)
    exchanges = sequence(random)
    seen = Seen()
    wire = Wire(seen, ("127.0.0.1", 1), 0.0)
    order = passing(random, exchanges)
    for nth, (is_clients, data) in enumerate(order):
        (wire.client_bytes if is_clients else wire.upstream_bytes)(data, float(nth))
    if exchanges[-1].ends_connection:
        wire.upstream_ended(float(len(order)))
    if wire.opaque == "the server refused a body, and the client sent something":
        return
    assert wire.opaque is None
    assert wire.is_idle
    for exchange, found in zip(exchanges, seen.exchanges, strict=True):
        method, request_body, status, reply_body = by_h11(exchange)
        assert (found.head.method, found.status, found.body) == (method, status, reply_body)
        assert found.request == request_body or (
            not found.is_requested and request_body.startswith(found.request)
        )
        assert found.end == "reply_ended"
    wire.closed(1e9)
    assert seen.wrong == []


@given(SEEDS)
def test_exchanges_with_wrong_bytes_never_raise_and_end_once(seed: int) -> None:
    random = Random(seed)
    seen = Seen()
    wire = Wire(seen, ("127.0.0.1", 1), 0.0)
    for nth, (is_clients, data) in enumerate(passing(random, sequence(random))):
        spoiled = spoil(random, data) if random.random() < 0.1 else data
        (wire.client_bytes if is_clients else wire.upstream_bytes)(spoiled, float(nth))
    end = random.choice([wire.client_ended, wire.client_lost, wire.upstream_ended, wire.upstream_lost])
    end(1e8)
    wire.closed(1e9)
    assert seen.wrong == []
    assert all(each.is_closed for each in seen.connections)
    assert all(each.end is not None for each in seen.exchanges)


def spoil(random: Random, data: bytes) -> bytes:
    place = random.randrange(len(data))
    return random.choice(
        [
            data[:place] + bytes([random.randrange(256)]) + data[place + 1 :],
            data[:place] + data[place + 1 :],
            data[:place] + random.randbytes(3) + data[place:],
            random.randbytes(50),
            data + data,
        ]
    )


@given(SEEDS)
def test_a_request_is_taken_to_its_end_and_no_further(seed: int) -> None:
    """What a hold does: the bytes behind the request under way are not looked at."""
    random = Random(seed)
    exchanges = sequence(random)
    wire = Wire(Seen(), ("127.0.0.1", 1), 0.0)
    whole = b"".join(each.request for each in exchanges)
    first = random.randrange(1, len(exchanges[0].request) + 1)
    wire.client_bytes(whole[:first], 0.0)
    assert wire.rest_of_request(whole[first:], 1.0) == len(exchanges[0].request) - first
    assert wire.is_between_requests
    assert wire.rest_of_request(whole[len(exchanges[0].request) :], 1.0) == 0

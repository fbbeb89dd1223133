"""What is read, what is a doubt, and that neither a doubt nor a bad watcher ever becomes an error."""

import pytest
from proxy_watch import Seen
from proxy_world import GET, POST, POST_HEAD, REPLY, STREAM, STREAM_HEAD, relayed

from ollama_top.proxy.unwatched import Unwatched
from ollama_top.proxy.watching import ConnectionWatch, ExchangeWatch, RequestHead
from ollama_top.proxy.wire.body import LONGEST_LINE
from ollama_top.proxy.wire.connection import Wire
from ollama_top.proxy.wire.exchange import MOST_WAITING

CLIENT = ("127.0.0.1", 1)


def read(asked: bytes, told: bytes = b"") -> tuple[Wire, Seen]:
    seen = Seen()
    wire = Wire(seen, CLIENT, 0.0)
    wire.client_bytes(asked, 1.0)
    wire.upstream_bytes(told, 2.0)
    assert seen.wrong == []
    return wire, seen


def with_field(head: bytes, field: bytes) -> bytes:
    return head.replace(b"\r\n", b"\r\n" + field + b"\r\n", 1)


@pytest.mark.parametrize(
    "asked",
    [
        b"GET / HTTP/2.0\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET  / HTTP/1.1\r\n\r\n",
        b"GET /a b HTTP/1.1\r\n\r\n",
        b"GET /\r\n\r\n",
        b"\r\nGET / HTTP/1.1\r\n\r\n",
        b"G@T / HTTP/1.1\r\n\r\n",
        b"M" * 40,
        b"GET / HTTP/1.1\nHost: x\n\n",
        b"GET / HTTP/1.1\r\nHost: x\r\r\n",
        with_field(GET, b" folded"),
        with_field(GET, b"No colon"),
        with_field(GET, b"Blank : x"),
        with_field(GET, b": x"),
        with_field(GET, b"Nul: \0"),
        with_field(GET, b"Content-Length: -1"),
        with_field(GET, b"Content-Length: 1, 1"),
        with_field(GET, b"Content-Length: "),
        with_field(GET, b"Content-Length: " + b"9" * 30),
        with_field(GET, b"Transfer-Encoding: gzip, chunked"),
        with_field(GET, b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
        with_field(POST, b"content-length: 10"),
        with_field(GET.replace(b"1.1", b"1.0"), b"Transfer-Encoding: chunked"),
    ],
)  # fmt: skip
def test_a_request_that_can_be_read_in_two_ways_is_a_doubt(asked: bytes) -> None:
    wire, seen = read(asked)
    assert wire.opaque
    assert seen.connections[0].why_opaque == wire.opaque
    assert seen.exchanges == []
    pieces = Wire(Seen(), CLIENT, 0.0)
    for place in range(len(asked)):
        pieces.client_bytes(asked[place : place + 1], 1.0)
    assert pieces.opaque


@pytest.mark.parametrize(
    "chunks",
    [b"zz\r\n", b"\r\n", b"3\nabc", b"3\r\nabcd\r\n", b"3\r\nabc\n\n", b"-1\r\n", b"0x3\r\n",
     b"0\r\nno field\r\n\r\n", b"f" * 16 + b"\r\n", b"1;" + b"x" * LONGEST_LINE,
     b"0\r\n" + b"a: b\r\n" * LONGEST_LINE],
)  # fmt: skip
def test_chunks_that_are_none_are_a_doubt(chunks: bytes) -> None:
    wire, seen = read(GET, STREAM_HEAD + chunks)
    assert wire.opaque
    assert (seen.last.end, seen.last.status) == ("opaque", 200)
    pieces, _ = read(GET, STREAM_HEAD)
    for place in range(len(chunks)):
        pieces.upstream_bytes(chunks[place : place + 1], 3.0)
    assert pieces.opaque


def test_a_reply_that_nobody_asked_for_is_a_doubt() -> None:
    assert read(b"", REPLY)[0].opaque == "the server says what nobody asked for"
    assert read(GET, REPLY + REPLY)[1].last.end == "reply_ended"


def test_a_tunnel_and_another_protocol_are_not_read() -> None:
    assert read(b"CONNECT a:1 HTTP/1.1\r\n\r\n")[0].opaque == "the client asks for a tunnel"
    upgrading = with_field(GET, b"Upgrade: h2c")
    assert read(upgrading, b"HTTP/1.1 101 Switching Protocols\r\n\r\n")[1].last.end == "opaque"
    assert read(upgrading, REPLY)[1].last.end == "reply_ended", "most servers stay with HTTP/1"


def test_no_more_requests_are_kept_in_mind_than_a_bound() -> None:
    wire, seen = read(GET * (MOST_WAITING + 1))
    assert wire.opaque
    assert {each.end for each in seen.exchanges} == {"opaque"}
    assert wire.running == 0


def test_names_stay_as_sent_and_are_found_in_any_case() -> None:
    _, seen = read(GET, STREAM)
    head = seen.last.head
    assert head.fields == ((b"Host", b"localhost:11434"), (b"x-A", b"1"))
    assert (head.field(b"x-a"), head.field(b"nothing"), head.target) == (b"1", None, "/api/tags")
    assert seen.last.answer is not None
    assert seen.last.answer.field(b"transfer-encoding") == b"chunked"


def test_content_is_told_as_it_comes() -> None:
    seen = Seen()
    wire = Wire(seen, CLIENT, 0.0)
    wire.client_bytes(POST_HEAD + b"12", 1.0)
    assert (seen.last.request, seen.last.is_requested) == (b"12", False)
    wire.client_bytes(b"34567890", 2.0)
    assert (seen.last.request, seen.last.is_requested) == (b"1234567890", True)
    wire.upstream_bytes(STREAM_HEAD + b"3\r\none\r\n5\r\ntw", 3.0)
    assert (seen.last.body, seen.last.end) == (b"onetw", None)
    assert seen.last.times_s == [1.0, 2.0, 2.0, 3.0, 3.0]


class Failing(Seen):
    """A watcher with a defect, of its own choice."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where

    def opened(self, client: tuple[str, int], at_s: float) -> ConnectionWatch:
        if self.where == "opened":
            raise RuntimeError("a defect")
        return FailingConnection(self.where)


class FailingConnection:
    def __init__(self, where: str) -> None:
        self.where = where
        self.opaque_s: list[str] = []

    def dialled(self, own: tuple[str, int], at_s: float) -> None:
        if self.where == "dialled":
            raise RuntimeError("a defect")

    def hung_up(self, at_s: float) -> None:
        if self.where == "hung_up":
            raise RuntimeError("a defect")

    def exchange(self, head: RequestHead, at_s: float) -> ExchangeWatch:
        if self.where == "exchange":
            raise RuntimeError("a defect")
        return FailingExchange(self.where)  # type: ignore[return-value]

    def opaque(self, why: str, at_s: float) -> None:
        raise RuntimeError("a defect even here")

    def closed(self, at_s: float) -> None:
        raise RuntimeError("and here")


def fail(*_: object) -> None:
    raise RuntimeError("a defect")


class FailingExchange:
    def __init__(self, where: str) -> None:
        self.where = where

    def __getattr__(self, name: str) -> object:
        return fail if name == self.where else lambda *_: None


PLACES = ("opened", "dialled", "hung_up", "exchange", "request_body", "request_ended", "reply", "reply_body",
          "reply_ended", "client_left", "upstream_cut", "opaque")  # fmt: skip


@pytest.mark.parametrize("where", PLACES)
async def test_a_defect_of_the_watcher_is_none_of_the_clients(where: str) -> None:
    async with relayed() as world:
        world.relay.watch = Failing(where)
        for leaver in ("client", "server"):
            client, server = await world.pair(POST)
            await server.send(STREAM)
            await client.expect(STREAM)
            await client.send(GET)
            await server.expect(GET)
            (client if leaver == "client" else server).close()
            assert await (server if leaver == "client" else client).rest() == b""
            client.close()
            server.close()
        await world.until(lambda: not world.relay.clients)


async def test_a_relay_without_a_watcher_passes_everything() -> None:
    async with relayed() as world:
        world.relay.watch = Unwatched()
        for asked, told in ((POST, STREAM), (b"\x00", b"\x00")):
            client, server = await world.pair(asked)
            await server.send(told)
            await client.expect(told)
            client.reset()
            assert await server.is_reset()
        client, server = await world.pair(GET)
        server.reset()
        assert await client.is_reset()
        world.server_goes()
        client = await world.connect()
        await client.send(GET)
        assert (await client.rest()).startswith(b"HTTP/1.1 502 ")

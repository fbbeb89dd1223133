"""The page that Prometheus reads: who gets it, under which names, and who is not waited for."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress

import pytest

from ollama_top.listening.addresses import AddressError, Listen
from ollama_top.listening.hosts import Hosts
from ollama_top.listening.page import MOST_AT_ONCE, NoPageError, PageServer, check

HOSTS = Hosts(frozenset({"gpu-box"}), lambda _: False)


async def the_page() -> str:
    return "the page"


async def no_page() -> str:
    raise NoPageError("nothing was seen")


def serving(page: Callable[[], Awaitable[str]] = the_page) -> PageServer:
    return PageServer(page, HOSTS)


async def asked(server: PageServer, request: bytes) -> bytes:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=4096)
    reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname()[:2])
    writer.write(request)
    reply = await reader.read()
    writer.close()
    listening.close()
    return reply


@pytest.mark.parametrize(
    ("request_line", "status", "body"),
    [
        (b"GET /metrics HTTP/1.1", b"200", b"the page"),
        (b"GET /metrics?x=1 HTTP/1.0", b"200", b"the page"),
        (b"HEAD /metrics HTTP/1.1", b"200", b""),
        (b"GET / HTTP/1.1", b"404", b"The metrics are at /metrics.\n"),
        (b"POST /metrics HTTP/1.1", b"405", b""),
        (b"nonsense", b"404", b"The metrics are at /metrics.\n"),
    ],
)
async def test_the_page_is_served(request_line: bytes, status: bytes, body: bytes) -> None:
    reply = await asked(serving(), request_line + b"\r\nHost: gpu-box\r\n\r\n")
    head, _, rest = reply.partition(b"\r\n\r\n")
    assert head.split()[1] == status
    assert rest == body
    assert b"Connection: close" in head


@pytest.mark.parametrize("request_bytes", [b"x" * 10_000, b"GET /metrics"])
async def test_a_head_without_an_end_is_not_waited_for(
    request_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ollama_top.listening.page.PATIENCE_S", 0.05)
    with suppress(ConnectionResetError):
        assert await asked(serving(), request_bytes) == b""


async def test_few_are_served_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ollama_top.listening.page.PATIENCE_S", 0.3)
    server = serving()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    address = listening.sockets[0].getsockname()[:2]
    idle = [await asyncio.open_connection(*address) for _ in range(MOST_AT_ONCE)]
    await asyncio.sleep(0.05)
    reader, writer = await asyncio.open_connection(*address)
    assert await reader.read() == b""
    for each in (*[own for _, own in idle], writer):
        each.transport.abort()
    listening.close()
    await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("hosts", "status"),
    [
        ([], b"200"),
        (["127.0.0.1:9436"], b"200"),
        (["[::1]:9436"], b"200"),
        (["localhost:9436"], b"200"),
        (["GPU-box:9436"], b"200"),
        (["10.0.0.5"], b"200"),
        (["rebound.example"], b"403"),
        (["rebound.example:9436"], b"403"),
        (["localhost", "rebound.example"], b"403"),
        (["localhost.rebound.example"], b"403"),
        (["8.8.8.8"], b"403"),
        (["\xff"], b"403"),
        (["[::1]rebound.example"], b"403"),
        (["[]rebound.example:9436"], b"403"),
        (["[::1"], b"403"),
    ],
)
async def test_a_page_of_a_browser_that_was_lured_here_gets_nothing(hosts: list[str], status: bytes) -> None:
    fields = "".join(f"hOsT : {each}\r\n" for each in hosts).encode("latin-1")
    reply = await asked(serving(), b"GET /metrics HTTP/1.1\r\n" + fields + b"\r\n")
    assert reply.split()[1] == status
    assert (b"the page" in reply) == (status == b"200")


async def test_where_there_is_no_page_the_reason_is_told() -> None:
    reply = await asked(serving(no_page), b"GET /metrics HTTP/1.1\r\n\r\n")
    assert reply.split()[1] == b"503"
    assert reply.endswith(b"\r\n\r\nnothing was seen\n")


async def test_a_reader_that_takes_nothing_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ollama_top.listening.page.PATIENCE_S", 0.2)

    async def large() -> str:
        return "x" * (64 << 20)

    server = serving(large)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname()[:2], limit=1024)
    writer.write(b"GET /metrics HTTP/1.1\r\n\r\n")
    await asyncio.sleep(0.05)
    async with asyncio.timeout(5.0):
        await asyncio.sleep(0.5)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(64 << 20)
    writer.transport.abort()
    listening.close()


async def test_it_listens_until_its_stack_ends_and_waits_for_nobody_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ollama_top.listening.page.FAREWELL_S", 0.05)
    async with AsyncExitStack() as stack:
        (listen,) = await serving().listen(Listen("127.0.0.1", 0), stack)
        silent, own = await asyncio.open_connection(listen.host, listen.port)
        await asyncio.sleep(0.05)
    assert await silent.read() == b""
    own.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(listen.host, listen.port)


def test_other_machines_are_let_in_only_when_that_is_meant() -> None:
    check(Listen("127.0.0.1", 1), allow_remote=False)
    check(Listen("0.0.0.0", 1), allow_remote=True)
    with pytest.raises(AddressError, match="--allow-remote"):
        check(Listen("0.0.0.0", 1), allow_remote=False)

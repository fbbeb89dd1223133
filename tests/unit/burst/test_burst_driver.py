"""Requests on real connections, to servers that answer well, badly, or not at all."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from socket import create_server

import pytest
from bursts import MODEL
from world import simulated_ollama

from ollama_top.burst import driver
from ollama_top.burst.course import Course
from ollama_top.burst.dialects import Embed, Generate, Work
from ollama_top.burst.wire import Address
from ollama_top.model.burst import BurstOutcome

WORK = Work(MODEL, 8, 20, 1)
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
STATISTICS = b'{"response":"","done":true,"eval_count":8,"eval_duration":100,"prompt_eval_duration":1}\n'


def chunk(text: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(text), text)


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[Address]:
    """A server that says what it is told to, once it has been asked."""
    open_now: set[asyncio.StreamWriter] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_now.add(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            await talk(reader, writer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield Address("127.0.0.1", server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for each in open_now:
            each.close()


def saying(*pieces: bytes) -> Talk:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)

    return talk


async def sent(talk: Talk, count: int = 2, limit_s: float = 10.0) -> tuple[Course, ...]:
    async with talking(talk) as address:
        return await driver.burst(address, Generate(WORK), range(1, count + 1), limit_s)


LAST = chunk(STATISTICS) + b"0\r\n\r\n"
WORD = chunk(b'{"response":" a","done":false}\n')
WHOLE = BurstOutcome.ANSWERED
ENDINGS = {
    "answered": ([CHUNKED, WORD, chunk(STATISTICS), b"0\r\n\r\n"], BurstOutcome.ANSWERED),
    "in pieces": ([CHUNKED[:9], CHUNKED[9:] + WORD[:12], WORD[12:] + LAST[:30], LAST[30:]], WHOLE),
    "without a length": ([b"HTTP/1.0 200 OK\r\n\r\n", STATISTICS], BurstOutcome.ANSWERED),
    "repeats itself": ([CHUNKED, WORD, b"0\r\n\r\n"], BurstOutcome.NO_STATISTICS),
    "busy": ([b'HTTP/1.1 503 Busy\r\nContent-Length: 23\r\n\r\n{"error":"server busy"}'], BurstOutcome.BUSY),
    "refused": ([b'HTTP/1.1 404 No\r\nContent-Length: 14\r\n\r\n{"error":"no"}'], BurstOutcome.REFUSED),
    "fails midway": ([CHUNKED, WORD, chunk(b'{"error":"boom"}\n'), b"0\r\n\r\n"], BurstOutcome.REFUSED),
    "another page": ([b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>"], BurstOutcome.REFUSED),
    "nothing": ([CHUNKED, b"0\r\n\r\n"], BurstOutcome.REFUSED),
    "cut midway": ([CHUNKED, WORD], BurstOutcome.CUT),
    "cut at once": ([], BurstOutcome.CUT),
    "no HTTP": ([b"220 smtp ready\r\n\r\n"], BurstOutcome.CUT),
    "broken chunk": ([CHUNKED, b"zz\r\n"], BurstOutcome.CUT),
}  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
async def test_every_ending_is_counted_and_told(ending: str) -> None:
    pieces, outcome = ENDINGS[ending]
    for each in await sent(saying(*pieces)):
        assert each.outcome is outcome, each
        assert each.sent_s is not None
        assert each.end_s is not None
        assert each.end_s >= each.sent_s
        assert (each.problem is None) is (outcome in {BurstOutcome.ANSWERED, BurstOutcome.NO_STATISTICS})
        assert each.first_s is None or each.sent_s <= each.first_s <= each.end_s


async def test_the_words_of_a_refusal_are_the_servers() -> None:
    (course,) = await sent(saying(*ENDINGS["busy"][0]), count=1)
    assert (course.status, course.problem) == (503, "server busy")


async def test_a_server_without_tls_is_told_in_words_of_its_own() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    address = Address("127.0.0.1", port, trust=ssl.create_default_context())
    (course,) = await driver.burst(address, Generate(WORK), [1], 5)
    server.close()
    assert (course.outcome, course.sent_s) == (BurstOutcome.UNSENT, None)
    assert (course.problem or "").startswith("no TLS connection: ")
    assert "permitted" not in (course.problem or "")


async def test_a_server_that_never_answers_is_left_after_the_time_given() -> None:
    async def silent(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    began_s = time.monotonic()
    courses = await sent(silent, limit_s=0.2)
    assert time.monotonic() - began_s < 5
    assert {each.outcome for each in courses} == {BurstOutcome.TIMED_OUT}


async def test_where_nobody_listens_nothing_is_sent() -> None:
    with closing(create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    courses = await driver.burst(Address("127.0.0.1", port), Generate(WORK), [1, 2], 5)
    assert [(each.outcome, each.sent_s) for each in courses] == [(BurstOutcome.UNSENT, None)] * 2
    assert "refused" in (courses[0].problem or "").lower()


async def test_all_are_connected_before_any_is_sent_and_all_closed_when_it_is_cancelled() -> None:
    come, gone = [], asyncio.Event()

    async def hold(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        come.append(time.monotonic())
        await reader.read()  # until the client is gone
        come.pop()
        if not come:
            gone.set()

    async with talking(hold) as address:
        going = asyncio.create_task(driver.burst(address, Generate(WORK), range(8), 60))
        async with asyncio.timeout(5):
            while len(come) < 8:
                await asyncio.sleep(0.005)
            assert max(come) - min(come) < 0.5
            going.cancel()
            await asyncio.gather(going, return_exceptions=True)
            await asyncio.wait_for(gone.wait(), 0.5)


async def test_a_key_goes_into_one_header_and_nowhere_else() -> None:
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    address = Address("127.0.0.1", server.sockets[0].getsockname()[1], "/v2", key="s3cret")
    (course,) = await driver.burst(address, Generate(WORK), [1], 5)
    server.close()
    assert b"Authorization: Bearer s3cret\r\n" in asked[0]
    assert asked[0].startswith(b"POST /v2/api/generate HTTP/1.1\r\n")
    assert "s3cret" not in repr(address) + repr(course)


async def test_a_simulated_server_is_measured_and_its_courses_are_told_as_they_go() -> None:
    told: list[Course] = []
    with simulated_ollama("--models", f"{MODEL},an-embed", OLLAMA_NUM_PARALLEL="2") as server:
        address = Address("127.0.0.1", server.port)
        courses = await driver.burst(address, Generate(WORK), [1, 2, 3], 30, told.append)
        embedded = await driver.burst(address, Embed(Work("an-embed", 8, 20, 1)), [1, 2], 30)
    assert {each.outcome for each in (*courses, *embedded)} == {BurstOutcome.ANSWERED}
    assert [each.statistics.tokens for each in courses if each.statistics] == [8, 8, 8]
    assert {each.number for each in told} == {1, 2, 3}
    assert told[-1].outcome is BurstOutcome.ANSWERED

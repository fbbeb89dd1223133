"""The far end takes orders from whoever holds the line, and says of each what became of it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import frames
import pytest
from feeds import PatientFeed, PlayedFeed

from ollama_top.model.action import Action, Load, Progress
from ollama_top.remote import serving
from ollama_top.remote.protocol import END, Answer, Order, answer_of, order_for, order_line

LIMIT_S = 30.0
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class DefectiveFeed(PlayedFeed):
    """Carries nothing out, for a reason that nobody has thought of."""

    async def act(self, action: Action, tell: Callable[[Progress], None]) -> None:
        raise ZeroDivisionError("of two numbers")


@asynccontextmanager
async def served(feed: PlayedFeed) -> AsyncIterator[Line]:
    """Our end of a line at whose other end the feed is served; it is over when ours is closed."""
    ours, theirs = socket.socketpair()
    mine = await asyncio.open_connection(sock=ours)
    other = await asyncio.open_connection(sock=theirs, limit=serving.LONGEST_LINE_BYTES)
    far = asyncio.create_task(serving.serve_on(feed, *other))
    try:
        async with asyncio.timeout(LIMIT_S):
            yield mine
            mine[1].close()
            await far
    finally:
        far.cancel()
        for _, writer in (mine, other):
            writer.close()


async def answer(reader: asyncio.StreamReader) -> Answer:
    """The next answer; Frames are passed over."""
    while True:
        line = await reader.readline()
        assert line, "the line has ended"
        if (found := answer_of(line)) is not None:
            return found


async def test_what_is_under_way_is_broken_off_with_the_line() -> None:
    feed = PatientFeed([frames.frame()], Progress("begun"))
    async with served(feed) as (reader, writer):
        writer.write(order_line(order_for(1, Load("a"))))
        assert (await answer(reader)).progress == Progress("begun")
    assert feed.ended == [Load("a")]


async def test_a_number_that_is_under_way_is_not_taken_again(capsys: pytest.CaptureFixture[str]) -> None:
    feed = PatientFeed([frames.frame()], Progress("begun"))
    async with served(feed) as (reader, writer):
        for each in (Load("a"), Load("b")):
            writer.write(order_line(order_for(1, each)))
        writer.write(order_line(order_for(2, Load("c"))))
        assert [(await answer(reader)).number for _ in range(2)] == [1, 2]
        assert feed.acted == [Load("a"), Load("c")]
        writer.write(order_line(Order(1, END)))
        await asyncio.wait_for(ended(feed), LIMIT_S)
        assert feed.ended == [Load("a")]
    assert "order 1 is under way already" in capsys.readouterr().err


async def ended(feed: PatientFeed) -> None:
    while not feed.ended:
        await asyncio.sleep(0.01)


async def test_a_defect_is_an_answer_too() -> None:
    async with served(DefectiveFeed([frames.frame()])) as (reader, writer):
        writer.write(order_line(order_for(1, Load("a"))))
        found = await answer(reader)
        assert found.is_over
        assert found.problem == "defect in ollama-top there: ZeroDivisionError: of two numbers"


async def test_a_line_that_is_too_long_ends_it(capsys: pytest.CaptureFixture[str]) -> None:
    async with served(PlayedFeed([frames.frame()])) as (reader, writer):
        writer.write(b"x" * (serving.LONGEST_LINE_BYTES + 1))
        await reader.readline()  # the Frame
    assert "longer than" in capsys.readouterr().err

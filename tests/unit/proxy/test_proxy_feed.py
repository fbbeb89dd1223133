"""The feed tells everything on connecting and then what changes, obeys, and waits for nobody."""

import asyncio
import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from feeding import HELD, Obeyed, facts, finish, served
from proxied import PIECE, STREAM, begin, last
from proxying import followed, until

from ollama_top.model.exchange import Phase, Transfer
from ollama_top.model.feed_event import Answer, Facts, Hello, Moved, Ready, Refused, Step, event_of, line_of
from ollama_top.model.reading import Known, Source
from ollama_top.ollama.host import Target
from ollama_top.proxy.feed import reader
from ollama_top.proxy.feed.feed import MOST_READERS
from ollama_top.proxy.feed.orders import KNOWN, Hold, OrderError, Release, parse_order
from ollama_top.proxy.metering.meter import Meter
from ollama_top.sources.holding import holding
from ollama_top.sources.tap import TapError


async def test_a_reader_is_told_all_there_was_and_then_what_changes(tmp_path: Path) -> None:
    meter = Meter()
    finish(meter)
    waiting = begin(meter, "/api/generate", b'{"model":"w"}', at_s=5.0)
    async with served(tmp_path / "f", meter), followed(tmp_path / "f") as following:
        await until(lambda: following.tapped.is_ready)
        told = following.tapped
        assert told.proxy == facts(meter)
        assert told.finished[0].output_tokens == last(meter).output_tokens
        assert [each.model for each in told.running] == [Known("w", Source.PROXY)]
        waiting.reply(STREAM, 6.0)
        for _ in range(4):
            waiting.reply_body(PIECE.replace(b"message", b"response"), 6.5)
        await until(lambda: following.tapped.running[0].phase is Phase.STREAMING)
        await until(lambda: following.tapped.running[0].output_tokens == Known(4, Source.ESTIMATE))
        waiting.reply_body(PIECE, 7.0)
        await until(lambda: following.tapped.running[0].output_tokens == Known(5, Source.ESTIMATE))
        waiting.client_left(8.0)
        await until(lambda: len(following.tapped.finished) == 2)
        assert following.tapped.running == ()
        assert following.tapped.finished[-1].phase is Phase.LEFT
        await until(lambda: following.tapped.proxy == facts(meter))


async def test_a_pull_is_told_as_it_goes_on(tmp_path: Path) -> None:
    meter = Meter()
    watch = begin(meter, "/api/pull", b'{"model":"big:1"}')
    watch.reply(STREAM, 0.0)
    async with served(tmp_path / "f", meter), followed(tmp_path / "f") as following:
        await until(lambda: following.tapped.is_ready)
        for done in (12, 34):
            watch.reply_body(b'{"status":"pulling 797b","total":85,"completed":%d}\n' % done, 1.0)
            expected = Transfer("pulling 797b", done, 85)
            await until(lambda expected=expected: following.tapped.running[0].transfer == expected)


async def test_nothing_is_done_while_nobody_reads(tmp_path: Path) -> None:
    meter = Meter()
    async with served(tmp_path / "f", meter) as feed:
        assert meter.listeners == []
        async with followed(tmp_path / "f") as following:
            await until(lambda: following.tapped.is_ready)
            assert len(meter.listeners) == 1
        await until(lambda: not feed.readers)
        assert meter.listeners == []
        assert feed._stepping is None


async def test_a_reader_that_does_not_read_is_dropped_and_the_others_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MOST_UNREAD_BYTES", 100_000)
    meter = Meter()
    async with served(tmp_path / "f", meter) as feed, followed(tmp_path / "f") as following:
        with socket.socket(socket.AF_UNIX) as lazy:
            lazy.connect(str(tmp_path / "f"))
            await until(lambda: len(feed.readers) == 2)
            for number in range(600):
                finish(meter, f"m{number}")
                await asyncio.sleep(0)
            await until(lambda: len(feed.readers) == 1)
        await until(lambda: len(following.tapped.finished) == 600)


async def test_readers_are_bounded(tmp_path: Path) -> None:
    async with served(tmp_path / "f", Meter()) as feed:
        open_readers = [await asyncio.open_unix_connection(tmp_path / "f") for _ in range(MOST_READERS)]
        await until(lambda: len(feed.readers) == MOST_READERS)
        async with followed(tmp_path / "f") as following:
            await until(lambda: following.tapped.problem)
            assert following.tapped.problem == f"{MOST_READERS} monitors read this feed already"
        for _, writer in open_readers:
            writer.transport.abort()


async def test_orders_are_obeyed_and_answered(tmp_path: Path) -> None:
    obeyed = Obeyed()
    async with served(tmp_path / "f", Meter(), obeyed):
        async with holding(tmp_path / "f", 30) as held:
            assert held.begun == replace(HELD, holder_pid=os.getpid())
            assert not (await held.release("http://127.0.0.1:7")).holding
        to = Target("http", "127.0.0.1", 7)
        assert obeyed.orders == [Hold(30.0), Release(to)]
        await until(lambda: len(obeyed.gone) == 1)
        assert obeyed.pids == [os.getpid()] * 2
        with pytest.raises(TapError, match="600 s at most"):
            async with holding(tmp_path / "f", 9999):
                pass


async def test_who_holds_is_told_no_more_of_what_passes(tmp_path: Path) -> None:
    """Or it would be dropped for not reading, while it waits for the server to come back."""
    meter = Meter()
    async with served(tmp_path / "f", meter):
        incoming, writer = await asyncio.open_unix_connection(tmp_path / "f")
        writer.write(b"hold 5\n")
        while not isinstance(event_of(await incoming.readline()), Answer):
            pass
        finish(meter)
        await asyncio.sleep(0.2)
        writer.write(b"look\n")
        assert isinstance(event_of(await incoming.readline()), Answer)
        writer.transport.abort()


async def test_garbage_is_answered_and_too_much_of_it_ends_the_connection(tmp_path: Path) -> None:
    async with served(tmp_path / "f", Meter()) as feed:
        incoming, writer = await asyncio.open_unix_connection(tmp_path / "f")
        writer.write(b"\xff\x00nonsense\n")
        while not isinstance(event := event_of(await incoming.readline()), Refused):
            assert isinstance(event, Hello | Facts | Ready)
        assert event == Refused(KNOWN)
        writer.write(b"x" * 1000)
        await until(lambda: not feed.readers)
        writer.transport.abort()


@pytest.mark.parametrize(
    "line", [b"", b"hold", b"hold x", b"hold -1", b"hold nan", b"hold 601", b"release ftp://x", b"look 1"]
)
def test_what_is_no_order(line: bytes) -> None:
    with pytest.raises(OrderError):
        parse_order(line)


def test_an_answer_comes_back_from_its_line() -> None:
    for event in (Answer(HELD), Refused("x"), Ready(), Moved((Step(1, 2, 3),))):
        assert event_of(line_of(event)) == event
    assert event_of(b'{"event":"of tomorrow"}') is None

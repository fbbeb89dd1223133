"""The feed tells everything on connecting and then what changes, obeys, and waits for nobody."""

import asyncio
import os
import socket
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest
from proxied import NDJSON, answer, begin, last
from test_proxy_meter import END, PIECE, STREAM

from ollama_top.model.exchange import Phase
from ollama_top.model.feed_event import Answer, Facts, Hello, Moved, Ready, Refused, Step, event_of, line_of
from ollama_top.model.proxy import Held, Proxy
from ollama_top.model.reading import Known, Missing, Source
from ollama_top.proxy.callers import Callers
from ollama_top.proxy.feed import place, reader
from ollama_top.proxy.feed.feed import MOST_READERS, Feed
from ollama_top.proxy.feed.orders import Hold, OrderError, Release, parse_order
from ollama_top.proxy.feed.place import FeedError
from ollama_top.proxy.metering.caller import UNKNOWN
from ollama_top.proxy.metering.meter import Meter
from ollama_top.sources import tap
from ollama_top.sources.tap import Tap, TapError, Taps, feeds

HELD = Held(holding=True, running=1, held=2, unheld=())
STARTED = datetime(2026, 11, 25, tzinfo=UTC)


def facts(meter: Meter) -> Proxy:
    return Proxy(
        listen="127.0.0.1:11435",
        upstream="http://127.0.0.1:11434",
        pid=4711,
        version="1",
        started_at=STARTED,
        holding=False,
        connections=len(meter.connections),
        opaque=0,
        opaque_total=0,
        exchanges_total=meter.exchanges_total,
        running=len(meter.running),
        waiting=meter.waiting,
    )


class Obeyed:
    """Writes down the orders."""

    def __init__(self) -> None:
        self.orders: list[Hold | Release] = []

    def __call__(self, order: Hold | Release) -> Held:
        self.orders.append(order)
        return replace(HELD, holding=isinstance(order, Hold))


@asynccontextmanager
async def served(path: Path, meter: Meter, obeyed: Obeyed | None = None) -> AsyncIterator[Feed]:
    own = place.take(path)
    feed = Feed(meter, Callers([], None), lambda: facts(meter), obeyed or Obeyed())
    await feed.listen(own)
    try:
        yield feed
    finally:
        feed.close()
        own.leave()
        await asyncio.sleep(0)


@asynccontextmanager
async def followed(path: Path) -> AsyncIterator[Tap]:
    following = Tap(path)
    task = asyncio.get_running_loop().create_task(following.follow())
    try:
        yield following
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], object]) -> None:
    ends_s = monotonic() + 10
    while not holds():
        assert monotonic() < ends_s, "it does not come"
        await asyncio.sleep(0.01)


def finish(meter: Meter, model: str = "m") -> None:
    watch = begin(meter, "/api/chat", f'{{"model":"{model}"}}'.encode())
    answer(watch, [(1.0, PIECE), (9.0, END)], 9.0, kind=NDJSON)


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
        assert await tap.hold(tmp_path / "f", 30) == HELD
        assert await tap.release(tmp_path / "f") == replace(HELD, holding=False)
        assert obeyed.orders == [Hold(30.0), Release()]
        with pytest.raises(TapError, match="600 s at most"):
            await tap.hold(tmp_path / "f", 9999)


async def test_garbage_is_answered_and_too_much_of_it_ends_the_connection(tmp_path: Path) -> None:
    async with served(tmp_path / "f", Meter()) as feed:
        incoming, writer = await asyncio.open_unix_connection(tmp_path / "f")
        writer.write(b"\xff\x00nonsense\n")
        while not isinstance(event := event_of(await incoming.readline()), Refused):
            assert isinstance(event, Hello | Facts | Ready)
        assert event == Refused("an order is `hold SECONDS` or `release`")
        writer.write(b"x" * 1000)
        await until(lambda: not feed.readers)
        writer.transport.abort()


@pytest.mark.parametrize(
    "line", [b"", b"hold", b"hold x", b"hold -1", b"hold nan", b"hold 601", b"release 1"]
)
def test_what_is_no_order(line: bytes) -> None:
    with pytest.raises(OrderError):
        parse_order(line)


async def test_the_socket_is_for_its_owner_only(tmp_path: Path) -> None:
    async with served(tmp_path / "f", Meter()):
        assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o600
    assert not (tmp_path / "f").exists()


def test_a_group_may_be_let_in(tmp_path: Path) -> None:
    import grp

    own = place.take(tmp_path / "f", grp.getgrgid(os.getgid()).gr_name)
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o660
    own.leave()
    with pytest.raises(FeedError, match="no group 'nobody-of-that-name'"):
        place.take(tmp_path / "f", "nobody-of-that-name")


def test_a_socket_that_was_left_behind_is_replaced(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(tmp_path / "f"))
    own = place.take(tmp_path / "f")
    assert place.is_live(tmp_path / "f")
    own.leave()


def test_a_proxy_that_runs_and_a_file_are_let_be(tmp_path: Path) -> None:
    own = place.take(tmp_path / "f")
    with pytest.raises(FeedError, match="another proxy that runs"):
        place.take(tmp_path / "f")
    own.leave()
    (tmp_path / "f").write_text("mine")
    with pytest.raises(FeedError, match="is no socket"):
        place.take(tmp_path / "f")
    assert (tmp_path / "f").read_text() == "mine"


def test_the_socket_of_a_successor_is_not_taken_away(tmp_path: Path) -> None:
    own = place.take(tmp_path / "f")
    (tmp_path / "f").rename(tmp_path / "old")
    successor = place.take(tmp_path / "f")
    own.leave()
    assert (tmp_path / "f").exists()
    successor.leave()


def test_a_path_that_is_too_long_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="too long"):
        place.take(tmp_path / ("x" * 200))


async def test_feeds_are_found_followed_and_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tap, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(tap, "AGAIN_AFTER_S", 0.02)
    (tmp_path / "proxy-file.sock").write_text("no socket")
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(tmp_path / "proxy-gone.sock"))
    first, second = Meter(), Meter()
    taps = Taps(folders=[tmp_path, tmp_path / "none"])
    task = asyncio.get_running_loop().create_task(taps.follow())
    async with served(tmp_path / "proxy-1.sock", first):
        async with served(tmp_path / "proxy-2.sock", second):
            finish(first)
            assert len(feeds([tmp_path])) == 3
            await until(lambda: sum(each.is_ready for each in taps.tapped) == 2)
            await until(lambda: [each.problem for each in taps.tapped if not each.is_ready] != [None])
            problems = [each.problem for each in taps.tapped if not each.is_ready]
            assert problems == ["no proxy listens there any more"]
        await until(lambda: len(taps.tapped) == 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert taps.tapped == ()


async def test_a_feed_that_ends_keeps_what_is_known_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tap, "AGAIN_AFTER_S", 0.02)
    meter = Meter()
    finish(meter)
    async with followed(tmp_path / "f") as following:
        await until(lambda: following.tapped.problem == "no proxy listens there any more")
        async with served(tmp_path / "f", meter):
            await until(lambda: following.tapped.is_ready)
            assert following.tapped.problem is None
        await until(lambda: following.tapped.problem)
        assert len(following.tapped.finished) == 1
        finish(meter)
        async with served(tmp_path / "f", meter):
            await until(lambda: len(following.tapped.finished) == 2)
            assert following.tapped.problem is None


@pytest.mark.parametrize(
    "said", [b"nonsense\n", b"[]\n", b'{"event":"hello","format":"x/9"}\n', b'{"a":1}\n']
)
async def test_what_is_no_feed_is_a_problem_in_words(tmp_path: Path, said: bytes) -> None:
    async def say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(say, tmp_path / "f")
    async with followed(tmp_path / "f") as following:
        await until(lambda: following.tapped.problem)
        assert "cannot be understood" in str(following.tapped.problem)
    server.close()


async def test_callers_are_found_once_somebody_reads() -> None:
    meter = Meter()
    begin(meter, "/api/chat", b'{"model":"m"}')
    (seen,) = meter.running.values()
    assert seen.client.caller is UNKNOWN
    asked: list[int] = []

    def find(port: int) -> dict[str, tuple[Known[str], Known[int]]]:
        asked.append(port)
        return {"127.0.0.1:40001": (Known("curl", Source.PROCESSES), Known(7, Source.PROCESSES))}

    callers = Callers([11435], find)  # type: ignore[arg-type]
    for _ in range(3):
        callers.look_at([seen.client])
        await until(lambda: seen.client.caller is not UNKNOWN)
    assert asked == [11435]
    assert seen.client.caller[0] == Known("curl", Source.PROCESSES)


@pytest.mark.parametrize(("host", "says"), [("10.0.0.9", "another machine"), ("::1", "only Linux tells")])
async def test_a_caller_that_cannot_be_found_has_a_reason(host: str, says: str) -> None:
    meter = Meter()
    connection = meter.opened((host, 1), 0.0)
    callers = Callers([11435], None)
    callers.look_at([connection.client])  # type: ignore[attr-defined]
    await until(lambda: connection.client.caller is not UNKNOWN)  # type: ignore[attr-defined]
    name, pid = connection.client.caller  # type: ignore[attr-defined]
    assert isinstance(name, Missing)
    assert says in name.hint
    assert pid == name


def test_an_answer_comes_back_from_its_line() -> None:
    for event in (Answer(HELD), Refused("x"), Ready(), Moved((Step(1, 2, 3),))):
        assert event_of(line_of(event)) == event
    assert event_of(b'{"event":"of tomorrow"}') is None

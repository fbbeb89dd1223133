"""The exporter with the feed of a real server: it rests, begins anew, and leaves nothing open."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import suppress

import exposition
import pytest
import running

from ollama_top.engine.live import LiveFeed
from ollama_top.exporter.run import Setup, run
from ollama_top.exporter.watching import Watchable, Watching
from ollama_top.listening.addresses import AddressError, Listen
from ollama_top.model.frame import Frame
from ollama_top.ollama.host import parse_target

INTERVAL_S = 0.2


async def test_a_live_feed_rests_and_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ollama_top.exporter.watching.IDLE_AFTER_S", 0.5)
    feeds: list[Watchable] = []

    def live() -> Watchable:
        feeds.append(LiveFeed(parse_target(running.NOBODY), interval_s=INTERVAL_S))
        return feeds[-1]

    watching = Watching(live, INTERVAL_S)
    looking = asyncio.create_task(watching.run())
    for begun in (1, 2):
        page = exposition.samples(await watching.page())
        assert page["ollama_top_server_up", ()] == 0
        assert len(feeds) == begun
        await asyncio.sleep(2.5)  # of which the feed sees half a second
    looking.cancel()
    with suppress(asyncio.CancelledError):
        await looking


def test_what_ends_the_looking_ends_the_process() -> None:
    class Broken:
        async def frames(self) -> AsyncGenerator[Frame, None]:
            raise OSError("the machine tells nothing")
            yield

        async def close(self) -> None:
            return None

    said: list[str] = []
    with pytest.raises(OSError, match="tells nothing"):
        run(Setup(Listen("127.0.0.1", 0)), lambda: Watching(Broken, INTERVAL_S), said.append)
    assert said
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(said[0].rpartition(":")[2].partition("/")[0])), timeout=5)


def test_it_does_not_begin_where_others_could_read() -> None:
    with pytest.raises(AddressError, match="--allow-remote"):
        run(Setup(Listen("0.0.0.0", 0)), lambda: pytest.fail("nothing is looked at"), print)

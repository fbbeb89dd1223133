"""What a burst leaves behind: the expiry of the model it asked, whether it ended or was cancelled."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import frames
from bursts import MODEL, spec
from feeds import PlayedFeed

from ollama_top.burst.session import OTHERS, Session, Site
from ollama_top.burst.wire import Address
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known, Source
from ollama_top.ollama.replies import PsModel

BUSY = frames.queue(1, 0)


class Server:
    """Lists one model, whose expiry a request has moved, and sets it."""

    def __init__(self) -> None:
        self.wanted = datetime.now(UTC) + timedelta(seconds=120)
        self.expires_at = self.wanted + timedelta(seconds=180)

    async def loaded(self) -> tuple[PsModel, ...]:
        rest = (None,) * 7
        return (PsModel(MODEL, *rest, expires_at=self.expires_at),)

    async def expire_in(self, _: str, seconds: float, __: Any) -> None:
        self.expires_at = datetime.now(UTC) + timedelta(seconds=seconds)

    @property
    def is_as_it_was(self) -> bool:
        return abs((self.expires_at - self.wanted).total_seconds()) < 1

    def frame(self, **changes: Any) -> Frame:
        model = frames.model(MODEL, expires_at=Known(self.wanted, Source.API))
        return frames.frame(models=(model,), **changes)


def session(server: Server, *played: Frame, interval_s: float = 0.0) -> Session:
    feed: Any = PlayedFeed(played, interval_s=interval_s)
    commands: Any = server
    found = Session(Site(feed, Address("127.0.0.1", 1), commands, is_local=True), feed.frames())
    found.before = server.frame()
    return found


async def cancelled(found: Session, sending: Any, after_s: float) -> None:
    """Cancel it once it has gone on for so long."""
    going = asyncio.create_task(found.undone(spec(), sending))
    await asyncio.sleep(after_s)
    going.cancel()
    await asyncio.wait([going], timeout=10)
    assert going.cancelled()
    await found.close()


async def done() -> str:
    return "sent"


async def test_the_expiry_is_put_back_at_the_end_and_that_is_told() -> None:
    server = Server()
    found = session(server, server.frame())
    sent, _, notes = await found.undone(spec(), done())
    assert (sent, server.is_as_it_was) == ("sent", True)
    assert "keep_alive" in notes[0]


async def test_it_is_put_back_when_the_requests_are_cancelled_and_that_is_told() -> None:
    server = Server()
    found = session(server, server.frame())
    await cancelled(found, asyncio.sleep(60), 0.02)
    assert server.is_as_it_was
    assert "keep_alive" in found.parting[0]


async def test_it_is_put_back_when_it_is_cancelled_after_the_requests() -> None:
    server = Server()
    found = session(server, server.frame(), server.frame(), interval_s=0.2)
    await found._frame()
    await cancelled(found, done(), 0.05)
    assert server.is_as_it_was


async def test_others_who_are_served_are_let_be_and_that_is_told() -> None:
    server = Server()
    busy = [server.frame(queue=BUSY)] * 8
    _, _, notes = await session(server, *busy).undone(spec(), done())
    assert notes == (OTHERS,)
    found = session(server, *busy)
    await cancelled(found, asyncio.sleep(60), 0.02)
    assert found.parting == (OTHERS,)
    assert not server.is_as_it_was

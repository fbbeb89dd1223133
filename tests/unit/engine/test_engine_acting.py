"""Actions on a server over real sockets: carried out, refused, broken off."""

import asyncio
import time
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from answering import Answering, Asked, always, reply
from running import NOBODY

from ollama_top.engine.acting import Acting
from ollama_top.engine.feed import ActionError
from ollama_top.model.action import Action, Keep, Load, Progress, Pull, Restart, Unload
from ollama_top.sources.http import Access, Http

GONE = reply(b'{"error":"model \'x\' not found"}', "404 Not Found")
ALL = [Load("x"), Unload("x"), Keep("x", 300.0, 4096), Pull("x")]


def ignore(_: Progress) -> None:
    """For those that tell nothing."""


def acting(url: str) -> Acting:
    return Acting(lambda limit_s: Http(url, timeout_s=limit_s, loopback=True, access=Access()), tuple, tuple)


@pytest.mark.parametrize("action", ALL, ids=lambda each: type(each).__name__)
async def test_a_refusal_has_the_servers_words(action: Action) -> None:
    with Answering(always(GONE)) as server, pytest.raises(ActionError, match="model 'x' not found"):
        await acting(server.url).act(action, ignore)


@pytest.mark.parametrize("action", ALL, ids=lambda each: type(each).__name__)
async def test_a_server_that_is_gone_is_said_to_be(action: Action) -> None:
    with pytest.raises(ActionError, match="connection refused"):
        await acting(f"http://{NOBODY}").act(action, ignore)
    with pytest.raises(ActionError, match="connection refused"):
        await acting(f"http://{NOBODY}").installed()


@pytest.mark.parametrize("action", [Load("x"), Pull("x")], ids=lambda each: type(each).__name__)
async def test_what_is_cancelled_closes_its_connection_at_once(action: Action) -> None:
    closed_s: list[float] = []

    def answer(asked: Asked) -> Iterable[bytes]:
        """Begin to answer, and go on until the other side has left."""
        yield b'HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n{"status":"pulling manifest"}\n'
        try:
            for _ in range(500):
                time.sleep(0.01)
                yield b" " * 1000
        finally:
            closed_s.append(time.monotonic())

    with Answering(answer) as server:
        doing = asyncio.create_task(acting(server.url).act(action, ignore))
        while not server.asked:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        began_s = time.monotonic()
        doing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await doing
        while not closed_s:
            await asyncio.sleep(0.01)
    assert closed_s[0] - began_s < 2


async def test_a_runner_that_is_not_there_is_not_ended() -> None:
    with pytest.raises(ActionError, match="no runner of this server is process 1 any more"):
        await acting("http://127.0.0.1:1").act(Restart("x", 1, datetime.now(UTC)), ignore)

"""The runners' own answers: of several at once, one of them late, dying, or still loading."""

import asyncio
import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import captured
import pytest
from answering import Answering, Asked, always, reply

from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.ollama.slots import RunnerProps
from ollama_top.sources import runners
from ollama_top.sources.http import HttpError
from ollama_top.sources.runners import LoadLook, Runners, SlotsLook

NEWEST = captured.Capture(captured.NEWEST)
SLOTS = NEWEST.body("runner-slots")


@contextmanager
def running(*answers: bytes) -> Iterator[list[int]]:
    """Runners that answer so; their ports."""
    servers = [Answering(always(answer)) for answer in answers]
    for each in servers:
        each.__enter__()
    try:
        yield [each.port for each in servers]
    finally:
        for each in servers:
            each.__exit__(None, None, None)


async def look(*ports: int) -> list[SlotsLook]:
    asked = Runners()
    found = await asyncio.gather(*map(asked.slots, ports))
    await asked.close()
    return found


async def test_slots_are_read_with_their_moment() -> None:
    began_s = time.monotonic()
    with running(reply(SLOTS)) as ports:
        (found,) = await look(*ports)
    assert found.problem is None
    assert [each.slot for each in found.slots] == list(range(len(json.loads(SLOTS))))
    assert began_s < found.at_s < time.monotonic()


async def test_a_failure_stays_with_its_runner() -> None:
    broken, gone = reply(b"[", "200 OK"), b""
    with running(reply(SLOTS), broken, gone) as ports:
        good, bad, dead = await look(*ports)
    assert good.problem is None
    assert bad.problem == f"the runner on port {ports[1]}: answered something else where JSON was expected"
    assert dead.problem is not None
    assert dead.problem.startswith(f"the runner on port {ports[2]}: broke off or garbled its answer")
    assert bad.slots == dead.slots == ()


async def test_a_runner_that_is_gone_refuses() -> None:
    with running(reply(SLOTS)) as ports:
        pass
    (found,) = await look(1)
    assert found.problem == "the runner on port 1: connection refused"
    assert ports != [1]


async def test_slots_of_a_cpp_server_look_different() -> None:
    body = captured.Capture("ollama-0.3.13").body("runner-slots.source")
    with running(reply(SLOTS), reply(body)) as ports:
        asked = Runners()
        found = [await asked.slots(port, is_cpp=port == ports[1]) for port in ports]
        await asked.close()
    assert [len(each.slots) for each in found] == [2, 4]
    assert {each.problem for each in found} == {None}


async def test_loads_are_read_and_a_failure_stays_with_its_runner() -> None:
    cpp, go = captured.Capture("ollama-0.3.13"), captured.Capture("ollama-0.4.0")
    answers = [
        reply(cpp.body("runner-health-loading.source"), "503 Service Unavailable"),
        reply(go.body("runner-health-loading.source")),
        reply(cpp.body("runner-health.source")),
        reply(cpp.body("runner-health-error.source"), "500 Internal Server Error"),
        reply(b"hello"),
        reply(b"", "503 Service Unavailable"),
    ]
    with running(*answers) as ports:
        asked = Runners()
        loads = await asked.loads(ports)
        await asked.close()
    of_cpp, of_go, ready, broken, odd, empty = loads.values()
    assert of_cpp == LoadLook(is_ready=False, progress=0.37)
    assert of_go == LoadLook(is_ready=False, progress=0.5731)
    assert ready == LoadLook(is_ready=True)
    assert broken.problem == (
        f"the runner on port {ports[3]}: answered HTTP 500 Internal Server Error: Model failed to load"
    )
    assert odd.problem is not None
    assert empty.problem is not None
    assert not broken.is_ready


async def test_a_runner_that_still_loads_serves_nothing_and_that_is_no_failure() -> None:
    with running(reply(b'{"error":{"message":"Loading model"}}', "503 Service Unavailable")) as ports:
        (found,) = await look(*ports)
    assert (found.problem, found.slots) == (None, ())


async def test_a_late_runner_is_given_up_and_the_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runners, "TIMEOUT_S", 0.5)

    def late(_: Asked) -> Iterable[bytes]:
        time.sleep(1.5)
        yield reply(SLOTS)

    with Answering(late) as server, running(reply(SLOTS)) as ports:
        began_s = time.monotonic()
        slow, good = await look(server.port, *ports)
        assert time.monotonic() - began_s < 1.2
    assert slow.problem is not None
    assert "timed out" in slow.problem
    assert good.problem is None
    assert good.at_s - began_s < 0.4


async def test_a_connection_lasts_one_question() -> None:
    """An idle connection to a runner would look like a request in service."""
    with Answering(always(reply(SLOTS, connection="keep-alive"))) as server:
        asked = Runners()
        for _ in range(2):
            await asked.slots(server.port)
            assert asked._http._client._transport._pool.connections == []
        await asked.close()


async def test_props_are_read() -> None:
    with running(reply(NEWEST.body("runner-props"))) as ports:
        asked = Runners()
        props = await asked.props(*ports)
        await asked.close()
    assert isinstance(props, RunnerProps)
    assert props.parallel == 2


@pytest.mark.parametrize(
    ("answer", "error"), [(reply(b"[]"), BadReplyError), (reply(b"", "404 Not Found"), HttpError)]
)
async def test_props_that_cannot_be_had_are_an_error(answer: bytes, error: type[Exception]) -> None:
    with running(answer) as ports:
        asked = Runners()
        with pytest.raises(error):
            await asked.props(*ports)
        await asked.close()

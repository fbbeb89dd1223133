"""Runners that answer, that are late, and that come back."""

import asyncio
import time

import pytest
from engine_samples import slot

from ollama_top.engine import asking
from ollama_top.engine.asking import SlotQuestions
from ollama_top.sources.runners import SlotsLook

STUCK, WELL = 5001, 5002
PID = {STUCK: 1, WELL: 2}


class Runners:
    """Two runners, one of which can be stopped."""

    def __init__(self) -> None:
        self.goes_on = asyncio.Event()
        self.asked: list[int] = []

    async def ask(self, port: int) -> SlotsLook:
        self.asked.append(port)
        if port == STUCK:
            await self.goes_on.wait()
        return SlotsLook(time.monotonic(), (slot(0),))


@pytest.fixture
def runners(monkeypatch: pytest.MonkeyPatch) -> Runners:
    monkeypatch.setattr(asking, "PATIENCE_S", 0.05)
    return Runners()


async def test_a_runner_that_is_stuck_holds_nothing_up(runners: Runners) -> None:
    questions = SlotQuestions(runners.ask)
    began_s = time.monotonic()
    for _ in range(3):
        looks = await questions.looks(PID)
        assert looks[WELL].problem is None
        assert looks[STUCK].slots == ()
        assert looks[STUCK].problem == f"the runner on port {STUCK} does not answer in time"
    assert time.monotonic() - began_s < 1
    assert runners.asked.count(STUCK) == 1, "it owes an answer"
    assert runners.asked.count(WELL) == 3


async def test_when_it_goes_on_it_is_asked_anew(runners: Runners) -> None:
    """What it owed is of another moment."""
    questions = SlotQuestions(runners.ask)
    runners.goes_on.set()
    told_s = (await questions.looks(PID))[STUCK].at_s
    runners.goes_on.clear()
    late = await questions.looks(PID)
    assert late[STUCK].at_s == told_s, "it is as old as its last answer"
    runners.goes_on.set()
    await asyncio.sleep(0.01)
    found = await questions.looks(PID)
    assert found[STUCK].problem is None
    assert found[STUCK].at_s > told_s
    assert runners.asked.count(STUCK) == 3


async def test_another_process_on_the_port_owes_nothing(runners: Runners) -> None:
    questions = SlotQuestions(runners.ask)
    await questions.looks({STUCK: 1})
    runners.goes_on.set()
    assert (await questions.looks({STUCK: 3}))[STUCK].problem is None
    assert await questions.looks({}) == {}

"""Asks runners for their slots, and lets none that is late hold up the look.

Must never ask a runner again that still owes an answer.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from ollama_top.sources.runners import SlotsLook

PATIENCE_S = 0.8  # less than a Frame waits; an answer takes a few ms, and in a long prompt one step of it

Place = tuple[int, int]
"""Process and port of a runner: a port may be used again."""


@dataclass(frozen=True, slots=True)
class _Question:
    asked_s: float
    answer: asyncio.Task[SlotsLook]


class SlotQuestions:
    """One question at a time to each runner; what comes too late is of another moment and is dropped."""

    def __init__(self, ask: Callable[[int], Awaitable[SlotsLook]]) -> None:
        """`ask` asks the runner on a port, and ends by itself when there is no answer."""
        self._ask = ask
        self._owed: dict[Place, _Question] = {}
        self._answered_s: dict[Place, float] = {}  # when each last told its slots

    async def looks(self, runners: Mapping[int, int]) -> dict[int, SlotsLook]:
        """What the runners tell now, by port; `runners` are processes by port.

        One that fails or is late has its problem instead, as old as the last that it told.
        """
        places = {(pid, port) for port, pid in runners.items()}
        self._owed = {place: each for place, each in self._owed.items() if not each.answer.done()}
        asked = {place: self._begin(place) for place in places - self._owed.keys()}
        if asked:
            await asyncio.wait([each.answer for each in asked.values()], timeout=PATIENCE_S)
        self._owed |= asked
        self._answered_s = {place: at_s for place, at_s in self._answered_s.items() if place in places}
        return {place[1]: self._look(place) for place in places}

    def _begin(self, place: Place) -> _Question:
        answer: asyncio.Task[SlotsLook] = asyncio.ensure_future(self._ask(place[1]))
        return _Question(time.monotonic(), answer)

    def _look(self, place: Place) -> SlotsLook:
        question = self._owed[place]
        if question.answer.done():
            look = question.answer.result()
        else:
            look = SlotsLook(question.asked_s, (), f"the runner on port {place[1]} does not answer in time")
        if look.problem is None:
            self._answered_s[place] = look.at_s
            return look
        return replace(look, at_s=self._answered_s.get(place, look.at_s))

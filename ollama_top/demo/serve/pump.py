"""A slot bank in real time: hands every token to whoever waits for it, when it is due."""

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from ollama_top.demo.slotbank import Job, SlotBank

LONGEST_NAP_S = 60.0


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a job."""

    prompt_tokens: int  # read, cached ones not counted
    prompt_s: float
    answer_tokens: int
    answer_s: float


class Pump:
    """Lets a slot bank work, and tells what it does."""

    def __init__(self, bank: SlotBank) -> None:
        """Begin idle."""
        self._bank = bank
        self._last_s = time.monotonic()
        self._changed = asyncio.Event()
        self._told: dict[int, int] = {}  # tokens handed over, by slot
        self._ears: dict[int, asyncio.Event] = {}

    async def run(self) -> None:
        """Work until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            nap_s = min(self._bank.next_token_s(), LONGEST_NAP_S)
            alarm = loop.call_later(nap_s, self._changed.set)
            await self._changed.wait()
            alarm.cancel()
            self._changed.clear()
            self.catch_up()

    def catch_up(self) -> None:
        """Bring the bank to this moment."""
        now_s = time.monotonic()
        self._bank.step(now_s - self._last_s)
        self._last_s = now_s
        for slot in self._bank.busy:
            if slot.written_tokens > self._told[slot.number] or slot.is_done:
                self._ears[slot.number].set()

    async def serve(self, job: Job) -> AsyncGenerator[tuple[int, int] | Done, None]:
        """Task and number of each token as it is written, then the end; leaving frees the slot."""
        self.catch_up()
        slot = self._bank.take(job)
        self._told[slot.number] = 0
        ear = self._ears[slot.number] = asyncio.Event()
        self._changed.set()
        try:
            while not slot.is_done or self._told[slot.number] < slot.written_tokens:
                await ear.wait()
                ear.clear()
                first, self._told[slot.number] = self._told[slot.number], slot.written_tokens
                for number in range(first, slot.written_tokens):
                    yield slot.task or 0, number
        finally:
            done = Done(slot.read_tokens, slot.prompt_s, slot.written_tokens, slot.answer_s)
            self._bank.release(slot)
        yield done

"""A runner at work: its slots read prompts and write answers. Pure, exact for steps of any length.

Knows no clock and no clients; who gets a slot is decided elsewhere.
"""

import math
from dataclasses import dataclass

from ollama_top.demo.catalogue import Pace

EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Job:
    """What a request asks of a runner."""

    prompt_tokens: int
    answer_tokens: int  # 0 for embeddings: done when the prompt is read
    cached_tokens: int = 0  # of the prompt, left by an earlier request


@dataclass(slots=True)
class Slot:
    """One slot; `job` is None while it is idle."""

    number: int
    job: Job | None = None
    task: int | None = None  # of the last request when idle; None before the first
    held_tokens: int = 0  # left in its cache by the last request
    read: float = 0.0
    written: float = 0.0
    prompt_s: float = 0.0
    answer_s: float = 0.0
    quiet_s: float = 0.0  # since the last token was written

    @property
    def unread(self) -> float:
        """Tokens of the prompt that are still to be read."""
        return self.job.prompt_tokens - self.job.cached_tokens - self.read if self.job else 0.0

    @property
    def is_reading(self) -> bool:
        """Whether it still reads its prompt."""
        return self.job is not None and self.written == 0

    @property
    def is_done(self) -> bool:
        """Whether its job needs nothing more."""
        if self.job is None:
            return False
        if self.job.answer_tokens == 0:
            return self.unread <= EPSILON
        return self.written + EPSILON >= self.job.answer_tokens

    @property
    def read_tokens(self) -> int:
        """Tokens of the prompt read so far, cached ones not counted."""
        return math.floor(self.read + EPSILON)

    @property
    def written_tokens(self) -> int:
        """Tokens of the answer so far."""
        return math.floor(self.written + EPSILON)

    def begin(self, job: Job, task: int) -> None:
        """Start a job."""
        self.job, self.task = job, task
        self.read = self.written = self.prompt_s = self.answer_s = self.quiet_s = 0.0

    def work(self, seconds: float, read_per_s: float, write_per_s: float) -> None:
        """Go on for a time in which it neither begins to write nor ends, except at its very end."""
        self.quiet_s += seconds
        if self.is_done:
            return
        if self.is_reading:
            self.read += read_per_s * seconds
            self.prompt_s += seconds
            if self.unread <= EPSILON and not self.is_done:
                self.written, self.quiet_s = 1.0, 0.0  # the last of the prompt yields the first token
            return
        before = self.written_tokens
        self.written += write_per_s * seconds
        self.answer_s += seconds
        if self.written_tokens > before:
            self.quiet_s = max(0.0, self.written - self.written_tokens) / write_per_s


@dataclass(slots=True)
class SlotBank:
    """The slots of one runner; one that is done stays busy until it is released."""

    pace: Pace
    slots: tuple[Slot, ...]
    next_task: int = 0

    @classmethod
    def of(cls, parallel: int, pace: Pace) -> "SlotBank":
        """A runner that serves `parallel` requests at once."""
        return cls(pace, tuple(Slot(number) for number in range(parallel)))

    @property
    def busy(self) -> list[Slot]:
        """The slots that hold a job."""
        return [each for each in self.slots if each.job is not None]

    def take(self, job: Job) -> Slot:
        """Give a job to the free slot that was used longest ago; raises LookupError when none is free."""
        free = [each for each in self.slots if each.job is None]
        if not free:
            raise LookupError("all slots are busy")
        slot = min(free, key=lambda each: -1 if each.task is None else each.task)
        slot.begin(job, self.next_task)
        self.next_task += 2  # llama-server numbers its inner tasks too
        return slot

    def release(self, slot: Slot) -> None:
        """Free a slot, at the end of its job or because its client left."""
        if slot.job is not None:
            slot.held_tokens = slot.job.cached_tokens + slot.read_tokens + slot.written_tokens
            slot.job = None

    def step(self, seconds: float, share: float = 1.0) -> None:
        """Work for some time at a `share` of full speed."""
        left_s = seconds
        while left_s > EPSILON:
            leap_s = min(left_s, self._until_change_s(share))
            read_per_s, write_per_s = self._rates(share)
            for each in self.busy:
                each.work(leap_s, read_per_s, write_per_s)
            left_s -= leap_s

    def next_token_s(self) -> float:
        """Time to the next token, or to the end of a prompt, at full speed; infinite when idle."""
        _, write_per_s = self._rates(1.0)
        writing = [each for each in self._working() if not each.is_reading]
        tokens_s = ((each.written_tokens + 1 - each.written) / write_per_s for each in writing)
        return min(self._until_change_s(1.0), *tokens_s, math.inf)

    def _working(self) -> list[Slot]:
        return [each for each in self.busy if not each.is_done]

    def _rates(self, share: float) -> tuple[float, float]:
        """Tokens per second that each reading and each writing slot makes now."""
        working = self._working()
        reading = sum(each.is_reading for each in working)
        read_per_s = self.pace.prefill_per_s * share / max(1, reading)
        return read_per_s, self.pace.decode_each_per_s(len(working)) * share

    def _until_change_s(self, share: float) -> float:
        """Time until a slot begins to write or is done; infinite when nothing is at work."""
        read_per_s, write_per_s = self._rates(share)
        times_s = [
            each.unread / read_per_s
            if each.is_reading
            else ((each.job.answer_tokens if each.job else 0) - each.written) / write_per_s
            for each in self._working()
        ]
        return max(min(times_s, default=math.inf), 0.0)

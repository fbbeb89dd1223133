"""The ends of requests: Gin's line for each, and what a llama-server says of its slots.

Gin's line is written when a request is over. It names no model and no program; the client's address
is what the client's proxy says it is.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

ANSWERED = re.compile(
    r"\[GIN\] (\d{4}/\d\d/\d\d) - (\d\d:\d\d:\d\d) \| *(\d{3}) \| *([\d.a-zµ]+) \| *(\S+) \| (\S+) +\"(.*)\"",
    re.ASCII,
)
DURATION = re.compile(r"(?:(\d{1,6})h)?(?:(\d{1,2})m)?(?:(\d{1,9}(?:\.\d{1,9})?)(s|ms|µs|ns))?", re.ASCII)
SECONDS = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}
TAKEN = re.compile(r"slot +launch_slot_: id +(\d{1,9}) \| task (\d{1,12}) \| processing task", re.ASCII)
RELEASED = re.compile(
    r"slot +release: id +(\d{1,9}) \| task (\d{1,12}) \| stop processing: n_tokens = (\d{1,12})"
    r"(?:, truncated = (\d))?",
    re.ASCII,
)
TIMED = re.compile(
    r"slot +print_timing: id +(\d{1,9}) \| task (\d{1,12}) \| +(prompt eval|eval) time ="
    r" +([\d.]{1,15}) ms / +(\d{1,12}) tokens",
    re.ASCII,
)
UNDER_WAY = re.compile(
    r"slot +print_timing: id +(\d{1,9}) \| task (\d{1,12}) \| n_gen = +(\d{1,12}), tg = +([\d.]{1,15}) t/s",
    re.ASCII,
)
CANCELLED = re.compile(r"srv +stop: cancel task, id_task = \d{1,12}", re.ASCII)
ALL_IDLE = "srv  update_slots: all slots are idle"

INFERENCE = frozenset(
    {"/api/generate", "/api/chat", "/api/embed", "/api/embeddings"}
    | {"/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/responses", "/v1/messages"}
    | {"/v1/images/generations", "/v1/images/edits", "/v1/audio/transcriptions"}
)
LOOKS = frozenset({("GET", "/api/ps"), ("GET", "/api/version"), ("GET", "/api/tags"), ("POST", "/api/show")})
"""What this program asks. Gin does not say who asked, so whoever else asks these is meant as well."""


class Answered(NamedTuple):  # made for every line, and cheaper to make than a dataclass
    """A request that is over; `at` is in the server's own time, without a zone."""

    at: datetime
    status: int
    duration_s: float
    client: str
    method: str
    path: str

    @property
    def is_inference(self) -> bool:
        """Whether it asked a model."""
        return self.method == "POST" and self.path in INFERENCE

    @property
    def is_look(self) -> bool:
        """Whether it is what a monitor asks all the time, and went well."""
        return self.status == 200 and (self.method, self.path) in LOOKS


@dataclass(frozen=True, slots=True)
class SlotTaken:
    """A slot of a llama-server begins a request."""

    slot: int
    task: int


@dataclass(frozen=True, slots=True)
class SlotReleased:
    """A slot is free again; `is_truncated` if its context was full before the answer was done."""

    slot: int
    task: int
    tokens: int
    is_truncated: bool


@dataclass(frozen=True, slots=True)
class SlotTimed:
    """How long a slot read a prompt or wrote an answer, or how it goes."""

    slot: int
    task: int
    is_prompt: bool
    tokens: int
    tokens_per_s: float | None


def answered(line: str) -> Answered | None:
    """The line of a request that is over; the question in its address is left out, as it may hold a key."""
    found = ANSWERED.fullmatch(line)
    if not found:
        return None
    day, clock, status, took, client, method, path = found.groups()
    seconds = duration_s(took)
    at = _moment(day, clock)
    if seconds is None or at is None:
        return None
    return Answered(at, int(status), seconds, client, method, path.partition("?")[0])


def described(said: Answered) -> str:
    """The end of a request in one line, the same columns for all."""
    took = f"{said.duration_s:.2f}s" if said.duration_s >= 0.01 else f"{said.duration_s * 1000:.2f}ms"
    return f"{said.status} {took:>8} {said.client:>15} {said.method:<4} {said.path}"


def duration_s(text: str) -> float | None:
    """A duration as Go prints it, such as `32m31s`, `1.5s` or `88.132µs`; None when it is none."""
    found = DURATION.fullmatch(text)
    if not found or not text:
        return None
    hours, minutes, number, unit = found.groups()
    return 3600 * int(hours or 0) + 60 * int(minutes or 0) + (float(number) * SECONDS[unit] if number else 0)


def slot_line(line: str) -> SlotTaken | SlotReleased | SlotTimed | None:
    """A llama-server's line on one of its slots."""
    if found := TIMED.match(line):
        ms, tokens = _number(found[4]), int(found[5])
        rate = 1000 * tokens / ms if ms else None
        return SlotTimed(int(found[1]), int(found[2]), found[3] == "prompt eval", tokens, rate)
    if found := RELEASED.match(line):
        return SlotReleased(int(found[1]), int(found[2]), int(found[3]), found[4] == "1")
    if found := TAKEN.match(line):
        return SlotTaken(int(found[1]), int(found[2]))
    if found := UNDER_WAY.match(line):
        slot, task, tokens = int(found[1]), int(found[2]), int(found[3])
        return SlotTimed(slot, task, is_prompt=False, tokens=tokens, tokens_per_s=_number(found[4]))
    return None


@lru_cache(maxsize=4)  # lines come many to a second
def _moment(day: str, clock: str) -> datetime | None:
    try:
        return datetime.fromisoformat(f"{day.replace('/', '-')} {clock}")
    except ValueError:
        return None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None

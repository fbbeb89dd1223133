"""Who calls the simulated server, how often, and with what. Pure: the same seed calls alike."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

NEXT_PROCESS = 7  # pids between two processes of a program that is started anew each time


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Waves of requests: how often they come, and how many requests each brings."""

    first_s: float
    every_s: tuple[float, float]
    at_once: tuple[int, int] = (1, 1)
    apart_s: tuple[float, float] = (0.05, 0.4)  # between two requests of a wave


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that uses the server."""

    name: str
    pid: int
    model: str
    rhythm: Rhythm
    prompt_tokens: tuple[int, int]
    answer_tokens: tuple[int, int]
    is_streamed: bool = True
    is_started_anew: bool = False  # each wave is a process of its own
    keep_alive_s: float | None = None
    context_tokens: int | None = None
    linger_s: float = 0.0  # how long its connections stay open unused
    patience_s: float = math.inf  # it hangs up when it has to wait longer for a slot


@dataclass(frozen=True, slots=True)
class Call:
    """One request to come."""

    at_s: float
    caller: Caller
    pid: int
    prompt_tokens: int
    answer_tokens: int


def calls(caller: Caller, random: Random) -> Iterator[Call]:
    """The calls of one caller, without end and in order of time."""
    wave_s, pid = caller.rhythm.first_s, caller.pid
    while True:
        at_s = wave_s
        for _ in range(random.randint(*caller.rhythm.at_once)):
            yield Call(
                at_s,
                caller,
                pid,
                random.randint(*caller.prompt_tokens),
                random.randint(*caller.answer_tokens),
            )
            at_s += random.uniform(*caller.rhythm.apart_s)
        wave_s = max(wave_s + random.uniform(*caller.rhythm.every_s), at_s)
        pid += NEXT_PROCESS if caller.is_started_anew else 0

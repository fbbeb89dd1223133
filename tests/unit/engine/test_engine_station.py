"""A source on its schedule: late, failing, defective, politely asked, and asked at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from ollama_top.engine.station import EXPECTED, Station
from ollama_top.model.light import LightState
from ollama_top.sources.http import HttpError
from ollama_top.sources.inet_diag import DiagError

EVERY_S = 2.0


class Source:
    """Counts its looks; each takes as long as it is told, and then fails as it is told."""

    def __init__(self) -> None:
        self.looks = 0
        self.error: Exception | None = None
        self.answers = asyncio.Event()
        self.answers.set()

    async def read(self) -> int:
        self.looks += 1
        await self.answers.wait()
        if self.error is not None:
            raise self.error
        return self.looks


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    own = Clock()
    monkeypatch.setattr("ollama_top.engine.station.time.monotonic", own)
    return own


async def look(station: Station[int], now_s: float, *, at_once: bool = False) -> bool:
    """Whether a look was begun; it has ended by then."""
    task = station.start(now_s, at_once=at_once)
    if task is not None:
        await task
    return task is not None


async def test_a_look_brings_a_value_and_its_moment(clock: Clock) -> None:
    station = Station("api", Source().read, every_s=EVERY_S)
    pending = station.light(clock.now_s)
    assert (pending.state, pending.age_s, pending.problem) == (LightState.PENDING, None, "not looked at yet")
    assert await look(station, clock.now_s)
    assert station.last is not None
    assert (station.last.value, station.last.at_s) == (1, clock.now_s)
    light = station.light(clock.now_s + 0.5)
    assert (light.name, light.state, light.age_s, light.problem) == ("api", LightState.OK, 0.5, None)


async def test_a_source_is_asked_again_when_it_is_due(clock: Clock) -> None:
    station = Station("api", Source().read, every_s=EVERY_S)
    assert await look(station, clock.now_s)
    assert not await look(station, clock.now_s + EVERY_S - 0.1)
    assert await look(station, clock.now_s + EVERY_S)


async def test_a_look_at_once_needs_no_date(clock: Clock) -> None:
    station = Station("api", Source().read, every_s=EVERY_S)
    await look(station, clock.now_s)
    assert await look(station, clock.now_s + 0.1, at_once=True)


async def test_a_look_under_way_is_not_begun_twice(clock: Clock) -> None:
    source = Source()
    source.answers.clear()
    station = Station("api", source.read, every_s=EVERY_S)
    task = station.start(clock.now_s)
    assert task is not None
    assert station.start(clock.now_s + 100, at_once=True) is None
    source.answers.set()
    await task
    assert source.looks == 1


async def test_a_look_that_takes_long_is_slow_and_keeps_the_last_value(clock: Clock) -> None:
    source = Source()
    station = Station("api", source.read, every_s=EVERY_S)
    await look(station, clock.now_s)
    source.answers.clear()
    clock.now_s += EVERY_S
    task = station.start(clock.now_s)
    assert task is not None
    await asyncio.sleep(0)
    assert station.light(clock.now_s + 1).state is LightState.OK
    slow = station.light(clock.now_s + 6)
    assert (slow.state, slow.age_s, slow.took_s, slow.problem) == (
        LightState.SLOW,
        8.0,
        6.0,
        "has not answered for 6 s",
    )
    assert station.last is not None
    source.answers.set()
    await task
    assert station.light(clock.now_s).state is LightState.OK


async def test_a_source_that_suffers_is_asked_less_often(clock: Clock) -> None:
    """Of a look that took 5 s the next comes 15 s later: a quarter of the server's time at most."""
    source = Source()
    source.answers.clear()
    station = Station("api", source.read, every_s=EVERY_S)
    task = station.start(clock.now_s)
    assert task is not None
    await asyncio.sleep(0)
    clock.now_s += 5
    source.answers.set()
    await task
    assert not await look(station, clock.now_s + 14.9)
    assert await look(station, clock.now_s + 15)


@pytest.mark.parametrize(
    "error", [HttpError("answered HTTP 403"), DiagError("refused"), PermissionError(13, "Permission denied")]
)
async def test_a_failure_is_the_lights_problem_and_the_last_value_stays(
    error: Exception, clock: Clock
) -> None:
    source = Source()
    station = Station("api", source.read, every_s=EVERY_S)
    await look(station, clock.now_s)
    source.error = error
    await look(station, clock.now_s, at_once=True)
    light = station.light(clock.now_s + 3)
    assert isinstance(error, EXPECTED)
    assert (light.state, light.age_s, light.problem) == (LightState.FAILED, 3.0, str(error))
    assert station.last is not None
    assert station.last.value == 1
    source.error = None
    await look(station, clock.now_s, at_once=True)
    assert station.light(clock.now_s).state is LightState.OK


async def test_an_error_without_words_is_named() -> None:
    source = Source()
    source.error = TimeoutError()
    station = Station("api", source.read, every_s=EVERY_S)
    await look(station, time.monotonic())
    assert station.problem == "TimeoutError"


async def test_a_defect_is_told_as_one_and_ends_nothing(clock: Clock) -> None:
    source = Source()
    source.error = ZeroDivisionError("division by zero")
    station = Station("api", source.read, every_s=EVERY_S)
    await look(station, clock.now_s)
    assert station.problem == "defect in ollama-top: ZeroDivisionError: division by zero"
    assert await look(station, clock.now_s + EVERY_S)


async def test_a_note_qualifies_a_look_that_went_well(clock: Clock) -> None:
    source = Source()
    station = Station("api", source.read, every_s=EVERY_S)
    await look(station, clock.now_s)
    light = station.light(clock.now_s, LightState.LIMITED, "some of it may not be read")
    assert (light.state, light.problem) == (LightState.LIMITED, "some of it may not be read")
    source.error = OSError("gone")
    await look(station, clock.now_s, at_once=True)
    assert station.light(clock.now_s, LightState.LIMITED, "a note").problem == "gone"


async def test_a_look_that_is_cancelled_is_not_a_failure() -> None:
    async with _hanging() as (station, task):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert station.problem is None


@asynccontextmanager
async def _hanging() -> AsyncIterator[tuple[Station[int], asyncio.Task[None]]]:
    source = Source()
    source.answers.clear()
    read: Callable[[], Awaitable[int]] = source.read
    station = Station("api", read, every_s=EVERY_S)
    task = station.start(time.monotonic())
    assert task is not None
    await asyncio.sleep(0)
    yield station, task

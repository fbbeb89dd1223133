"""Frames of the simulation: made on the path of real ones, and compared with what is really so."""

import asyncio
from datetime import UTC, datetime

import pytest

from ollama_top.demo import scenarios
from ollama_top.demo.feed import Camera, DemoFeed
from ollama_top.demo.scenarios import NAMED
from ollama_top.demo.world import World
from ollama_top.engine.answering import UnknownModelError
from ollama_top.engine.feed import ActionError
from ollama_top.model.action import Unload
from ollama_top.model.frame import Frame
from ollama_top.model.light import LightState
from ollama_top.model.loaded import ModelState
from ollama_top.model.reading import Known, Missing, Reading
from ollama_top.model.slot import SlotState
from ollama_top.ollama.architecture import Architecture
from ollama_top.ollama.kv_cache import CacheSettings, sizes_bytes

BEGAN_AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def known(reading: Reading[object]) -> object:
    assert isinstance(reading, Known), reading
    return reading.value


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = 50.0

    def __call__(self) -> float:
        return self.now_s


async def two_frames(feed: DemoFeed, clock: Clock, between_s: float) -> tuple[Frame, Frame]:
    frames = feed.frames()
    first = await anext(frames)
    clock.now_s += between_s
    feed.look_now()
    second = await anext(frames)
    await frames.aclose()  # type: ignore[attr-defined]
    return first, second


def feed(clock: Clock, scenario: str = "default") -> DemoFeed:
    return DemoFeed(2.0, NAMED[scenario], clock, BEGAN_AT)


async def test_frames_are_marked_as_simulated_and_the_first_is_whole() -> None:
    first, second = await two_frames(feed(Clock()), Clock(), 0)
    assert first.snapshot.demo
    assert second.snapshot.demo
    assert first.snapshot.taken_at == BEGAN_AT
    assert len(first.history.waiting) > 10
    rates = [each.tokens_per_s for each in first.snapshot.models if each.state is ModelState.BUSY]
    assert all(isinstance(each, Known) for each in rates)


async def test_the_clock_moves_the_world_and_a_long_sleep_is_skipped() -> None:
    clock = Clock()
    first, second = await two_frames(feed(clock), clock, 7)
    assert (second.snapshot.taken_at - first.snapshot.taken_at).total_seconds() == pytest.approx(7, abs=0.06)
    clock = Clock()
    first, second = await two_frames(feed(clock), clock, 9 * 3600)
    assert (second.snapshot.taken_at - first.snapshot.taken_at).total_seconds() == pytest.approx(60, abs=0.06)


async def test_a_frame_comes_by_itself_at_the_end_of_the_interval() -> None:
    frames = DemoFeed(0.05, scenarios.IDLE).frames()
    taken = [(await asyncio.wait_for(anext(frames), 5)).snapshot.taken_at for _ in range(3)]
    assert taken == sorted(taken)
    await frames.aclose()  # type: ignore[attr-defined]


async def test_unloading_shows_in_a_later_frame() -> None:
    clock = Clock()
    demo = feed(clock, "idle")
    frames = demo.frames()
    assert [each.state for each in (await anext(frames)).snapshot.models] == [ModelState.IDLE]
    await demo.act(Unload("qwen3:8b"), print)
    clock.now_s += 2
    assert (await anext(frames)).snapshot.models == ()
    await frames.aclose()  # type: ignore[attr-defined]


async def test_unloading_a_strange_name_is_refused_in_the_servers_words() -> None:
    with pytest.raises(ActionError, match="model 'nope' not found"):
        await feed(Clock()).act(Unload("nope"), print)


async def test_a_simulated_model_keeps_of_a_token_what_its_runner_takes_for_it() -> None:
    demo = feed(Clock())
    for model in scenarios.DEFAULT.models:
        shown = (await demo.describe(model.name)).shown
        assert isinstance(shown.architecture, Architecture)
        one, two = (sizes_bytes(shown.architecture, CacheSettings(1, tokens))[0] for tokens in (256, 512))
        assert two - one == 256 * model.kv_bytes_per_token


async def test_a_strange_name_cannot_be_described() -> None:
    with pytest.raises(UnknownModelError, match="no model 'nope' is installed"):
        await feed(Clock()).describe("nope")


def test_the_same_moments_bring_the_same_frames() -> None:
    one, other = (Camera(began_at=BEGAN_AT) for _ in range(2))
    assert [one.shoot(2) for _ in range(40)] == [other.shoot(2) for _ in range(40)]


@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_source_is_well(name: str) -> None:
    snapshot = Camera(NAMED[name], began_at=BEGAN_AT).shoot(30).snapshot
    assert snapshot.server.reachable
    assert {each.state for each in snapshot.sources} == {LightState.OK}
    assert [known(each.memory_total_bytes) for each in snapshot.gpus]
    assert known(snapshot.server.unit) == "ollama.service"


def test_running_is_counted_as_it_is_at_every_look() -> None:
    camera = Camera(began_at=BEGAN_AT)
    for _ in range(300):
        snapshot = camera.shoot(2).snapshot
        assert known(snapshot.queue.running) == camera.world.truth().running
        for model in snapshot.models:
            runner = next(each for each in camera.world.runners if each.model.name == known(model.name))
            assert known(model.running) == len(runner.serving)
            assert known(model.parallel) == runner.parallel


def looks_with_the_right_count(scenario: str, looks: int, interval_s: float) -> int:
    camera = Camera(NAMED[scenario], began_at=BEGAN_AT)
    frames = ((camera.shoot(interval_s), camera.world.truth()) for _ in range(looks))
    return sum(known(frame.snapshot.queue.waiting) == truth.waiting for frame, truth in frames)


@pytest.mark.parametrize("interval_s", [0.5, 2])
def test_waiting_is_counted_as_it_is_at_every_look(interval_s: float) -> None:
    """The whole of the engine against the truth, in a scene with every kind of client."""
    assert looks_with_the_right_count("default", 300, interval_s) == 300


def test_a_storm_of_fifty_is_miscounted_seldom() -> None:
    """Replies and next requests within one tick of the kernel's clock, on connections by the dozen."""
    assert looks_with_the_right_count("storm", 200, 2) > 180


def test_slots_tell_how_far_they_are_and_how_fast() -> None:
    camera = Camera(began_at=BEGAN_AT)
    seen: set[SlotState] = set()
    rates: list[float] = []
    for _ in range(120):
        for slot in camera.shoot(1).snapshot.slots:
            seen.add(slot.state)
            if isinstance(slot.tokens_per_s, Known):
                rates.append(slot.tokens_per_s.value)
            if slot.state is not SlotState.IDLE and isinstance(slot.context_fill_percent, Known):
                assert 0 <= slot.context_fill_percent.value <= 100
    assert seen == set(SlotState)
    assert 50 < sum(rates) / len(rates) < 110


def test_a_model_on_its_way_is_shown_as_loading_and_has_its_name() -> None:
    camera = Camera(began_at=BEGAN_AT)
    snapshot = camera.shoot(2).snapshot
    assert [(each.state, known(each.name)) for each in snapshot.models] == [(ModelState.LOADING, "qwen3:8b")]
    assert known(snapshot.queue.waiting) == 1
    assert isinstance(snapshot.models[0].expires_at, Missing)


def test_the_pure_world_needs_no_monitor() -> None:
    world = World(scenarios.DEFAULT)
    world.step(1)
    assert world.now_s == pytest.approx(1)

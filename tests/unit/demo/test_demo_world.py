"""The simulated world: what holds in any scenario, and what the shipped ones show."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.demo import scenarios
from ollama_top.demo.callers import Caller, Rhythm
from ollama_top.demo.catalogue import CATALOGUE, CHAT
from ollama_top.demo.observe import Observer
from ollama_top.demo.scheduler import Phase, Settings
from ollama_top.demo.world import Scenario, World

BEGAN_AT = datetime(2026, 6, 1, 12, tzinfo=UTC)

CALLERS = st.builds(
    Caller,
    name=st.just("python3 any.py"),
    pid=st.integers(100, 120),
    model=st.sampled_from([each.name for each in CATALOGUE]),
    rhythm=st.builds(
        Rhythm,
        first_s=st.floats(0, 10),
        every_s=st.sampled_from([(2.0, 6.0), (20.0, 40.0)]),
        at_once=st.sampled_from([(1, 1), (2, 5), (6, 9)]),
    ),
    prompt_tokens=st.just((10, 4000)),
    answer_tokens=st.just((5, 200)),
    is_streamed=st.booleans(),
    is_started_anew=st.booleans(),
    keep_alive_s=st.sampled_from([None, 0.0, 4.0]),
    context_tokens=st.sampled_from([None, None, 2048]),
    linger_s=st.sampled_from([0.0, 5.0]),
    patience_s=st.sampled_from([3.0, 1e9]),
)
SETTINGS = st.builds(
    Settings,
    num_parallel=st.sampled_from(["", "1", "2", "4"]),
    max_queue=st.sampled_from([1, 4, 512]),
    max_loaded=st.sampled_from([0, 1, 2]),
    keep_alive_s=st.sampled_from([2.0, 300.0]),
    cards=st.sampled_from([(), scenarios.TWO_CARDS[:1], scenarios.TWO_CARDS]),
)
SCENARIOS = st.builds(
    Scenario, st.just(CATALOGUE), SETTINGS, st.lists(CALLERS, max_size=4).map(tuple), st.integers(0, 99)
)


def seen(world: World) -> object:
    """All that can be seen of a world."""
    return Observer(world, BEGAN_AT).samples()


@given(SCENARIOS)
def test_what_holds_in_every_world(scenario: Scenario) -> None:
    world = World(scenario)
    for _ in range(60):
        world.step(0.5)
        truth = world.truth()
        assert truth.waiting == truth.outstanding - truth.running
        assert truth.running == world.busy_slots()
        assert set(world.runners) == set(world.processes)
        for runner in world.runners:
            assert len(runner.serving) <= runner.parallel
            assert not runner.waiting or len(runner.serving) == runner.parallel
        for index, card in enumerate(scenario.settings.cards):
            held = sum(each.placement.vram_bytes[index] for each in world.runners)
            assert held <= card.usable_bytes
        ports = [each.port for each in world.connections]
        assert len(ports) == len(set(ports))


@given(SCENARIOS, st.lists(st.floats(0.01, 7), min_size=1, max_size=9))
def test_a_world_lives_the_same_life_however_time_is_divided(scenario: Scenario, steps: list[float]) -> None:
    fine, coarse = World(scenario), World(scenario)
    for step in steps:
        fine.step(step)
    coarse.step(sum(steps))
    assert seen(fine) == seen(coarse)


def test_another_seed_lives_another_life() -> None:
    one, other = World(scenarios.DEFAULT), World(replace(scenarios.DEFAULT, seed=99))
    for world in (one, other):
        world.step(60)
    assert seen(one) != seen(other)


def test_a_client_that_loses_patience_leaves_the_queue() -> None:
    rhythm = Rhythm(0, (1000, 1000), (5, 5), (0, 0))
    caller = Caller("curl", 1, CHAT.name, rhythm, (10, 10), (2000, 2000), patience_s=5)
    world = World(Scenario((CHAT,), Settings(cards=scenarios.TWO_CARDS), (caller,)))
    world.step(4.5)
    assert world.truth().outstanding == 5
    world.step(1)
    assert (world.truth().running, world.truth().waiting) == (1, 0)


def test_a_refused_request_is_answered_at_once() -> None:
    rhythm = Rhythm(0, (1000, 1000), (6, 6), (0, 0))
    caller = Caller("curl", 1, CHAT.name, rhythm, (10, 10), (20, 20))
    settings = Settings(max_queue=1, cards=scenarios.TWO_CARDS)
    world = World(Scenario((CHAT,), settings, (caller,)))
    world.step(0.1)
    assert world.refused == 4
    assert world.truth().outstanding == 2


def test_unloading_a_name_that_is_not_installed_is_an_error() -> None:
    with pytest.raises(KeyError):
        World(scenarios.EMPTY).unload("nope")


def test_the_default_scenario_is_lively_and_leaves_nothing_undone() -> None:
    """Ten minutes hold all that the screen can show, and no queue grows without end."""
    world = World(scenarios.DEFAULT)
    states, waits, loaded, forced, ended = set(), [], set(), 0, 0
    before: set[object] = set()
    for _ in range(600):
        world.step(1)
        states.update(each.phase for each in world.runners)
        waits.append(world.truth().waiting)
        loaded.update(each.model.name for each in world.runners)
        forced += any(each.parallel == 1 and each.waiting for each in world.runners)
        ended += len(before - set(world.runners))
        before = set(world.runners)
    assert states == set(Phase)
    assert loaded == {each.name for each in scenarios.DEFAULT.models}
    assert forced > 0, "a model that serves one at a time never makes anyone wait"
    assert ended >= 3
    assert world.refused == 0
    assert 0.2 < sum(map(bool, waits)) / len(waits) < 0.7
    assert 4 <= max(waits) <= 14
    calmest = max(waits[start : start + 60].count(0) for start in range(0, 600, 60))
    assert calmest >= 30, "never calm for half a minute"


def test_a_large_model_makes_another_go_within_the_first_minutes() -> None:
    world = World(scenarios.DEFAULT)
    stopped_for_room = 0
    for _ in range(900):
        world.step(1)
        stopping = [each for each in world.runners if each.phase is Phase.STOPPING]
        stopped_for_room += any(each.keep_alive_s == 0 for each in stopping)
    assert stopped_for_room >= 1


def test_the_storm_refuses_and_evicts_and_its_queue_stays_bounded() -> None:
    world = World(scenarios.STORM)
    waits = []
    for _ in range(300):
        world.step(1)
        waits.append(world.truth().waiting)
    assert world.refused > 0
    assert 20 < max(waits) < 150


def test_the_idle_and_the_empty_scenario_are_still() -> None:
    idle, empty = World(scenarios.IDLE), World(scenarios.EMPTY)
    idle.step(60)
    empty.step(60)
    assert (idle.truth().outstanding, len(idle.runners)) == (0, 1)
    assert (empty.truth().outstanding, len(empty.runners)) == (0, 0)
    assert seen(empty) == seen(empty)

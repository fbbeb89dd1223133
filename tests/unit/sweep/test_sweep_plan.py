"""What is sent, in which order, and how long it takes about."""

from typing import Any

import pytest
from bursts import spec
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.sweep import plan as plans
from ollama_top.sweep.axes import combinations, parse_axes
from ollama_top.sweep.plan import Pace, Plan, Visit


def plan(*words: str, repeats: int = 3, **changes: Any) -> Plan:
    axes = parse_axes(words)
    values = {"version": "0.33.0", "release": (0, 33, 0), "spec": spec(1), "ttft_limit_s": 5.0} | changes
    return Plan(axes=axes, combinations=tuple(combinations(axes)), repeats=repeats, **values)


@pytest.mark.parametrize(
    ("parallel", "levels"),
    [(1, (1, 2)), (2, (1, 2, 4)), (3, (1, 2, 4, 6)), (4, (1, 2, 4, 8)), (16, (1, 2, 4, 8, 16, 32))],
)
def test_bursts_rise_to_twice_what_is_served(parallel: int, levels: tuple[int, ...]) -> None:
    assert plans.levels(parallel) == levels


@given(st.integers(1, 64))
def test_levels_rise_and_end_where_some_wait(parallel: int) -> None:
    found = plans.levels(parallel)
    assert list(found) == sorted(set(found))
    assert (found[0], found[-1]) == (1, 2 * parallel)


def test_a_model_that_is_held_at_one_is_measured_as_such() -> None:
    held = plan("NUM_PARALLEL=8", spec=spec(1, held_at_one="Ollama holds the family at one"))
    assert held.levels(0) == (1, 2)


def test_without_a_number_the_release_says_how_many() -> None:
    assert plan("FLASH_ATTENTION=0,1").levels(0) == (1, 2)
    assert plan("FLASH_ATTENTION=0,1", release=(0, 5, 13)).levels(0) == (1, 2, 4, 8)


def test_cheap_starts_are_interleaved_and_the_order_turns() -> None:
    found = list(plans.visits(plan("NUM_PARALLEL=1,2,4"), is_cheap=True))
    assert [each.combination for each in found] == [0, 1, 2, 2, 1, 0, 0, 1, 2]
    assert {each.repeats for each in found} == {1}


def test_dear_starts_are_made_once_after_the_first() -> None:
    found = list(plans.visits(plan("NUM_PARALLEL=1,2,4"), is_cheap=False))
    assert found == [Visit(0, 1), Visit(0, 2), Visit(1, 3), Visit(2, 3)]
    once = list(plans.visits(plan("NUM_PARALLEL=1,2", repeats=1), is_cheap=False))
    assert once == [Visit(0, 1), Visit(1, 1)]


@given(st.integers(1, 5), st.booleans(), st.sets(st.integers(0, 3), max_size=3))
def test_each_is_measured_as_often_as_planned_and_the_first_visit_is_the_same(
    repeats: int, is_cheap: bool, refused: set[int]
) -> None:
    those = plan("NUM_PARALLEL=1,2,4,8", repeats=repeats, refused=dict.fromkeys(refused, "no"))
    found = list(plans.visits(those, is_cheap=is_cheap))
    for at in range(4):
        count = sum(each.repeats for each in found if each.combination == at)
        assert count == (0 if at in refused else repeats)
    assert found[0] == Visit(min(set(range(4)) - refused), 1)


def test_the_duration_is_of_starts_and_waves() -> None:
    those = plan("NUM_PARALLEL=2", repeats=2)
    assert those.waves(0) == 1 + 1 + 2
    visits = tuple(plans.visits(those, is_cheap=True))
    pace = Pace(start_s=10, wave_s=2, is_seen=True)
    assert plans.seconds(those, visits, pace) == 2 * 10 + 2 * 4 * 2
    assert plans.seconds(those, visits, pace, is_started=True) == 10 + 2 * 4 * 2
    assert (plans.bursts(those), plans.requests(those)) == (6, 14)


def test_no_two_rounds_have_the_same_prompts() -> None:
    those = plan()
    bodies = {those.dialect(number).body(each) for number in (1, 2, 1024) for each in (1, 2)}
    assert len(bodies) == 6

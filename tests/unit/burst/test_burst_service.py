"""How many are in service at once, of recorded servers and of courses written by hand."""

from dataclasses import replace

import pytest
from bursts import course, recorded, waves
from captured import NEWEST, OLDER
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.burst.course import Course, Statistics
from ollama_top.burst.service import Held, Turn, held, turn_of
from ollama_top.model.burst import BurstOutcome

TRUTH = {"burst-4-unset": 1, "burst-6-parallel2": 2, "burst-8-parallel4": 4}


def held_of(courses: tuple[Course, ...], alone_s: float | None = None) -> Held | None:
    turns = [turn for each in courses if (turn := turn_of(each, alone_s))]
    return held(turns)


@pytest.mark.parametrize("server", [NEWEST, OLDER])
@pytest.mark.parametrize("name", TRUTH)
@pytest.mark.parametrize("tells", [True, False])
def test_the_number_of_recorded_servers_is_found_with_statistics_and_without(
    server: str, name: str, tells: bool
) -> None:
    courses = recorded(server, name)
    if not tells:
        courses = tuple(replace(each, statistics=None) for each in courses)
    found = held_of(courses)
    assert found is not None
    assert (found.parallel, found.has_waited) == (TRUTH[name], True)
    assert TRUTH[name] - 0.5 < found.mean <= TRUTH[name] + 0.1


def test_where_none_waits_the_number_may_be_more() -> None:
    found = held_of(waves(4, 3))
    assert found == Held(3, pytest.approx(3.0), has_waited=False)


def test_a_number_that_is_reached_for_a_moment_does_not_count() -> None:
    served = [Turn(0, 0, 10), Turn(0, 9.5, 20), Turn(0, 10, 20.2), Turn(0, 20, 30)]
    found = held(served)
    assert found is not None
    assert found.parallel == 2


def test_nothing_in_service_is_no_number() -> None:
    assert held([]) is None
    assert held([Turn(0, 1, 1)]) is None


def test_embeddings_are_taken_to_last_as_long_as_one_alone() -> None:
    told = Statistics(0.001, prompt_tokens=100)
    courses = tuple(
        Course(at + 1, 0.0, (at + 1) * 0.2, (at + 1) * 0.2, 200, 1, told, BurstOutcome.ANSWERED)
        for at in range(4)
    )
    found = held_of(courses, alone_s=0.2)
    assert found is not None
    assert found.parallel == 1


def test_what_never_came_to_its_turn_has_none() -> None:
    assert turn_of(Course(1, 0.0, None, 5.0, 503, outcome=BurstOutcome.BUSY), 1.0) is None
    assert turn_of(Course(1), 1.0) is None
    cut = turn_of(course(1, 1.0, 2.0, statistics=None, outcome=BurstOutcome.CUT), 1.0)
    assert cut == Turn(0.0, 1.1, 2.0)


def test_what_timed_out_before_its_turn_has_waited() -> None:
    late = [Course(at, 0.0, None, 5.0, outcome=BurstOutcome.TIMED_OUT) for at in (3, 4)]
    found = held_of((*waves(2, 2), *late))
    assert found == Held(2, pytest.approx(2.0), has_waited=True)
    assert held_of(tuple(late)) is None


times = st.floats(0, 100, allow_nan=False)


@given(st.lists(st.tuples(times, times, times).map(sorted), max_size=12))
def test_any_turns_have_a_number_within_what_was_sent(found: list[list[float]]) -> None:
    turns = [Turn(*each) for each in found]
    seen = held(turns)
    if seen is not None:
        assert 1 <= seen.parallel <= len(turns)
        assert 1 <= seen.mean <= len(turns) + 1e-9

"""Rates from two looks at slots, and what several runners serve together."""

import math
from dataclasses import replace
from typing import Any

import pytest
from engine_samples import PID, connection, runner, slot
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.engine.activity import Activity, from_slots
from ollama_top.engine.ledger import Serving
from ollama_top.engine.rhythm import Heard, Sight
from ollama_top.engine.serving import Pace, Rate, Written, paces, serving, together, written
from ollama_top.model.reading import Source
from ollama_top.sources.runners import SlotsLook

SLOT = (PID, 0)


def pace(before: Written, now: Written) -> Pace | None:
    return paces({SLOT: before}, {SLOT: now}).get(SLOT)


@given(st.integers(1, 10**6), st.integers(0, 10**4), st.floats(0.01, 3600))
def test_a_rate_is_tokens_by_seconds(before: int, more: int, seconds: float) -> None:
    found = pace(Written(7, before, 100.0), Written(7, before + more, 100.0 + seconds))
    assert found is not None
    assert found.tokens == more
    assert found.tokens_per_s is not None
    assert math.isclose(found.tokens_per_s, more / seconds, rel_tol=1e-6)


def test_of_a_new_request_the_tokens_count_and_no_rate_is_told() -> None:
    found = pace(Written(7, 500, 100.0), Written(8, 30, 102.0))
    assert found == Pace(30, 2.0, is_whole=False)
    assert found.tokens_per_s is None


def test_while_an_answer_begins_its_rate_is_not_told() -> None:
    """Part of the time went into the prompt."""
    found = pace(Written(7, 0, 100.0), Written(7, 21, 102.0))
    assert found == Pace(21, 2.0, is_whole=False)
    assert found.tokens_per_s is None


def test_a_count_that_went_back_is_a_new_request_of_the_same_number() -> None:
    assert pace(Written(7, 500, 100.0), Written(7, 30, 102.0)) == Pace(30, 2.0, is_whole=False)


def test_a_slot_that_is_new_or_of_the_same_moment_has_no_rate() -> None:
    now = {SLOT: Written(7, 30, 102.0)}
    assert paces({}, now) == {}
    assert paces(now, now) == {}


def test_a_slot_that_fell_idle_wrote_nothing_that_is_known() -> None:
    found = pace(Written(7, 500, 100.0), Written(None, 0, 102.0))
    assert found == Pace(0, 2.0, is_whole=False)


def test_an_idle_slot_has_no_task_whatever_it_remembers() -> None:
    remembers = slot(0, task=7, decoded=120, busy=False)
    assert written(PID, [remembers], 1.0) == {SLOT: Written(None, 0, 1.0)}


def test_what_is_served_is_told_by_the_slots() -> None:
    now = written(PID, [slot(0, task=1, decoded=40), slot(1, task=2), slot(2)], 102.0)
    last = written(PID, [slot(0, task=1, decoded=0), slot(1), slot(2)], 100.0)
    found = serving(now, paces(last, now), [connection(1), connection(2)])
    assert (found.busy, found.writing, found.has_room, found.gap_ms) == (2, 1, True, 50.0)
    assert found.source is Source.SLOTS


def test_the_slowest_slot_sets_the_step() -> None:
    now = written(PID, [slot(0, task=1, decoded=40), slot(1, task=2, decoded=10)], 102.0)
    last = written(PID, [slot(0, task=1), slot(1, task=2)], 100.0)
    assert serving(now, paces(last, now), ()).gap_ms == 200.0


def test_words_of_connections_that_do_not_explain_the_slots_are_not_listened_to() -> None:
    """Ours ask with fewer bytes than a request has; a runner reached another way has none."""
    now = written(PID, [slot(0, task=1, decoded=40)], 102.0)
    ours = connection(1, said_ms=5, received_bytes=150)
    theirs = connection(2, said_ms=20, received_bytes=400)
    silent = connection(3, received_bytes=400)
    assert serving(now, {}, [ours]).spoke_ms is None
    assert serving(now, {}, [ours, theirs]).spoke_ms == (20,)
    assert serving(now, {}, [silent]).spoke_ms == ()
    assert serving({}, {}, []).spoke_ms == ()


def served(source: Source, *tasks: int, **changes: Any) -> Serving:
    return replace(Serving(source, frozenset(tasks), len(tasks), None, True, ()), **changes)  # noqa: FBT003 - has room


def test_several_runners_serve_what_each_serves() -> None:
    one = served(Source.SLOTS, 1, 2, gap_ms=20.0, spoke_ms=(5, 6))
    other = served(Source.SLOTS, 3, gap_ms=80.0, spoke_ms=(7,))
    found = together([one, other])
    assert (found.busy, found.writing, found.gap_ms, found.spoke_ms) == (3, 3, 80.0, (5, 6, 7))
    assert (found.source, found.has_room) == (Source.SLOTS, True)


def test_the_least_sure_of_several_runners_makes_the_whole_unsure() -> None:
    one = served(Source.SLOTS, 1)
    assert together([one, served(Source.SOCKETS, 2)]).source is Source.SOCKETS
    assert not together([one, served(Source.SLOTS, 2, has_room=False)]).has_room
    assert together([one, served(Source.SLOTS, 2, spoke_ms=None)]).spoke_ms is None


def test_no_runner_serves_nothing_and_has_no_room() -> None:
    found = together([])
    assert (found.busy, found.has_room, found.spoke_ms) == (0, False, ())


def look(at_s: float, *decoded: int | None, task: int = 0) -> SlotsLook:
    """Slots that have written so much; None for one that is idle."""
    each = [
        slot(number, task=None if tokens is None else task + number, decoded=tokens or 0)
        for number, tokens in enumerate(decoded)
    ]
    return SlotsLook(at_s, tuple(each))


def heard(segments: int, spoke_at_s: float, cookie: int = 1) -> Sight:
    return {cookie: Heard(400, segments, spoke_at_s)}


def after(first: SlotsLook, second: SlotsLook, *sights: Sight) -> Activity:
    """What is known of a runner at the second of two looks."""
    return from_slots(runner(), second, (), from_slots(runner(), first, (), Activity()), sights)


def test_a_runner_is_as_fast_as_its_slots_together() -> None:
    assert from_slots(runner(), look(10.0, 20, 100), (), Activity()).rate is None
    assert after(look(10.0, 20, 100), look(12.0, 100, 160)).rate == Rate(70.0, is_seen=True)


def test_a_slot_that_writes_nothing_adds_nothing() -> None:
    assert after(look(10.0, 20, None), look(12.0, 100, None)).rate == Rate(40.0, is_seen=True)
    assert after(look(10.0, 20, 0), look(12.0, 100, 0)).rate == Rate(40.0, is_seen=True), "it reads"
    assert from_slots(runner(), look(10.0, None, 0), (), Activity()).rate == Rate(0.0, is_seen=True)


@pytest.mark.parametrize("before", [look(10.0, 20, 0), look(10.0, 20, None)], ids=["read", "idle"])
def test_a_slot_whose_answer_has_begun_counts_as_the_others(before: SlotsLook) -> None:
    assert after(before, look(12.0, 60, 7)).rate == Rate(40.0, is_seen=False)


def test_when_every_answer_is_new_the_rhythm_of_the_connections_tells() -> None:
    sights = [heard(2, 10.5), heard(22, 11.5), heard(5, 11.9, cookie=2)]
    assert after(look(10.0, 20, 9), look(12.0, 3, 3, task=5)).rate is None
    assert after(look(10.0, 20, 9), look(12.0, 3, 3, task=5), *sights).rate == Rate(40.0, is_seen=False)


def test_a_rhythm_heard_once_is_remembered() -> None:
    """Also over a look at which the runner does not answer."""
    last = after(look(10.0, 2, 2), look(12.0, 3, 3, task=5), heard(2, 11.0), heard(22, 12.0))
    late = from_slots(runner(), SlotsLook(14.0, (), "late"), (), last)
    for each in (last, late):
        assert from_slots(runner(), look(16.0, 4, 4, task=9), (), each).rate == Rate(40.0, is_seen=False)

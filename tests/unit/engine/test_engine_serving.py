"""Rates from two looks at slots, and what several runners serve together."""

import math
from dataclasses import replace
from typing import Any

from engine_samples import PID, connection, runner, slot
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.engine.activity import Activity, from_slots
from ollama_top.engine.ledger import Serving
from ollama_top.engine.serving import Pace, Written, paces, serving, together, written
from ollama_top.model.reading import Source
from ollama_top.sources.runners import SlotsLook

SLOT = (PID, 0)


def pace(before: Written, now: Written) -> Pace | None:
    return paces({SLOT: before}, {SLOT: now}).get(SLOT)


@given(st.integers(0, 10**6), st.integers(0, 10**4), st.floats(0.01, 3600))
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


def test_a_runner_is_as_fast_as_its_slots_together() -> None:
    def look(at_s: float, *decoded: int) -> SlotsLook:
        return SlotsLook(
            at_s, tuple(slot(number, task=number, decoded=each) for number, each in enumerate(decoded))
        )

    first = from_slots(runner(), look(10.0, 0, 100), (), Activity())
    second = from_slots(runner(), look(12.0, 80, 160), (), first)
    assert first.tokens_per_s is None
    assert second.tokens_per_s == 70.0

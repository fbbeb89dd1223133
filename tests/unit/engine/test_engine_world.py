"""The counts in a simulated world of clients, where the truth is known at every moment.

Exact means: requests without the last byte of their reply, less the slots at work. What cannot be
told, and for how long it is wrong, is stated here as it is in the ledger.
"""

import bisect
from collections.abc import Iterable, Sequence
from random import Random

import pytest
from engine_world import Ask, Caller, World
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.engine.ledger import Ledger, advance, glance
from ollama_top.engine.serving import paces, serving, written
from ollama_top.engine.tracking import Phase

GLANCE_EVERY_S = 0.5
KNOWN_TO_ALL_S = 0.002  # from a change at one end of a connection to the other
GAPS_S = (0.005, 0.01, 0.025, 0.04, 0.1, 0.3, 0.8)
TICKS_S = (0.001, 0.004, 0.01)  # of Linux at 1000, 250 and 100 Hz
LEAST_PREFILL_S = 0.03  # a reply that is through within 20 ms is taken for a question's
OLLAMA_TOP_BEGINS_S = 0.01  # before the first client


def looks(world: World, interval_s: float, seconds: float) -> list[tuple[float, int, int]]:
    """Moments with what was counted and what was so; moments of a change are left out."""
    ledger, last, found = Ledger(), {}, []
    for at_s, is_glance in _moments(interval_s, seconds):
        world.run_until(at_s)
        if is_glance:
            ledger = glance(ledger, at_s, world.served())
            continue
        now = written(1, world.slots(), at_s)
        ledger = advance(ledger, at_s, world.served(), serving(now, paces(last, now), world.to_runner()))
        last = now
        counted = len(ledger.in_phase(Phase.ASKED)) + len(ledger.in_phase(Phase.REPLYING))
        found.append((at_s, counted, world.outstanding))
    world.run_until(seconds + 1)
    return [each for each in found if _is_settled(world, each[0])]


def wrong(found: Iterable[tuple[float, int, int]]) -> list[tuple[float, int, int]]:
    return [each for each in found if each[1] != each[2]]


def _moments(interval_s: float, seconds: float) -> list[tuple[float, bool]]:
    at_looks = [OLLAMA_TOP_BEGINS_S + number * interval_s for number in range(round(seconds / interval_s))]
    between = [each + GLANCE_EVERY_S * step for each in at_looks for step in range(1, 10)]
    glances = [each for each in between if (each - OLLAMA_TOP_BEGINS_S) % interval_s > 1e-6]
    own = {each for each in glances if each <= at_looks[-1]} if interval_s > GLANCE_EVERY_S else set()
    return sorted([(each, False) for each in at_looks] + [(each, True) for each in own])


def _is_settled(world: World, at_s: float) -> bool:
    place = bisect.bisect(world.changes_s, at_s)
    near = world.changes_s[max(0, place - 1) : place + 1]
    return all(abs(each - at_s) > world.tick_s + KNOWN_TO_ALL_S for each in near)


asks = st.builds(
    Ask,
    is_streamed=st.booleans(),
    tokens=st.integers(2, 60),
    prefill_s=st.floats(LEAST_PREFILL_S, 0.5),
    think_s=st.floats(0, 2),
)
pollers = st.builds(
    Caller,
    st.floats(0.1, 3).map(lambda every_s: (Ask(think_s=every_s, question_bytes=150),) * 100),
    starts_s=st.floats(0, 1),
)


def clients(*, keeps_alive: bool) -> st.SearchStrategy[Caller]:
    begins = st.floats(OLLAMA_TOP_BEGINS_S + 0.02, 1)
    some = st.lists(asks, min_size=1, max_size=6).map(tuple)
    return st.builds(Caller, some, starts_s=begins, keeps_alive=st.just(keeps_alive))


def worlds(callers: st.SearchStrategy[Caller]) -> st.SearchStrategy[World]:
    return st.builds(
        lambda some, others, **rest: World((*some, *others), **rest),
        st.lists(callers, min_size=1, max_size=8),
        st.lists(pollers, max_size=5),
        parallel=st.integers(1, 4),
        gap_s=st.sampled_from(GAPS_S),
        tick_s=st.sampled_from(TICKS_S),
        stalls=st.sampled_from([0.0, 0.02]),
        seed=st.integers(0, 1 << 30),
    )


@given(worlds(clients(keeps_alive=False)), st.sampled_from([0.25, 1.0, 2.0]))
def test_requests_on_connections_of_their_own_are_counted_exactly(world: World, interval_s: float) -> None:
    """Streamed or not, one after the other or with pauses, beside clients that only ask questions."""
    assert wrong(looks(world, interval_s, 20)) == []


@pytest.mark.parametrize("seed", [437, 607, 1096, 1471, 2156, 2209, 2380, 2714])
def test_a_reply_whose_next_word_is_on_its_way_has_not_ended(seed: int) -> None:
    """It began since the look before; its runner has just spoken, and the server has not passed that on."""
    begins, waits = Ask(tokens=60, prefill_s=0.2), Ask(tokens=60)
    callers = Caller((begins,), 0.3, keeps_alive=False), Caller((waits,), 0.4, keeps_alive=False)
    assert wrong(looks(World(callers, 1, 0.1, seed=seed), 1.0, 1.5)) == []


@pytest.mark.parametrize("seed", [789, 3163, 3374])
def test_a_reply_that_was_held_for_another_that_ended_is_counted_again(seed: int) -> None:
    """At the look before, the slot of the other was free, and the end of its reply on its way."""
    streams, ends, waits = Ask(tokens=60), Ask(is_streamed=False, tokens=4), Ask(is_streamed=False, tokens=60)
    callers = tuple(
        Caller((each,), 0.1 + number / 50, keeps_alive=False)
        for number, each in enumerate((streams, ends, waits, waits))
    )
    assert wrong(looks(World(callers, 2, 0.3, seed=seed), 0.25, 2.5)) == []


@given(worlds(clients(keeps_alive=True)), st.sampled_from([0.25, 1.0, 2.0]))
def test_requests_on_kept_connections_are_never_far_off(world: World, interval_s: float) -> None:
    """An ended reply may pass for one that pauses, one a slot at most; a request is seen sooner or later."""
    found = wrong(looks(world, interval_s, 20))
    assert all(abs(counted - so) <= world.parallel for _, counted, so in found)


@pytest.mark.parametrize("interval_s", [0.25, 1.0, 2.0])
@pytest.mark.parametrize("pause_s", [0.0, 1.5])
@pytest.mark.parametrize("mode", ["streamed", "unstreamed", "mixed"])
def test_requests_on_kept_connections_are_counted_exactly_at_nearly_every_look(
    mode: str, pause_s: float, interval_s: float
) -> None:
    """Which of several requests of one tick is served is not known, nor what ended 5 ms ago."""
    found = [look for seed in range(30) for look in looks(_busy_world(mode, pause_s, seed), interval_s, 20)]
    assert len(found) > 150
    assert len(wrong(found)) <= 0.05 * len(found)


@pytest.mark.parametrize("is_streamed", [True, False])
def test_a_client_that_leaves_is_counted_no_more(is_streamed: bool) -> None:
    stays, leaves = Ask(is_streamed, tokens=200), Ask(is_streamed, tokens=200, leaves_after_s=1.5)
    world = World((Caller((stays,)), Caller((leaves,), 0.1), Caller((leaves,), 0.2)), parallel=2, gap_s=0.04)
    found = looks(world, 0.25, 6)
    assert wrong(found) == []
    assert {so for at_s, _, so in found if 0.5 < at_s < 1.5} == {3}
    assert {so for at_s, _, so in found if at_s > 2} == {1}


def test_the_first_look_may_be_in_the_middle() -> None:
    asking = tuple(Ask(number % 2 == 0, tokens=100) for number in range(4))
    world = World(tuple(Caller((each,)) for each in asking), parallel=2, gap_s=0.3)
    world.run_until(5)
    now = written(1, world.slots(), 5.0)
    ledger = advance(Ledger(), 5.0, world.served(), serving(now, {}, world.to_runner()))
    assert len(ledger.in_phase(Phase.REPLYING)) == 1
    assert len(ledger.in_phase(Phase.ASKED)) == 3


def _busy_world(mode: str, pause_s: float, seed: int) -> World:
    random = Random(f"{mode} {pause_s} {seed}")
    gap_s, parallel = random.choice(GAPS_S), random.choice([1, 2, 4])
    most_tokens = 80 if gap_s < 0.2 else 10
    is_streamed = {"streamed": lambda: True, "unstreamed": lambda: False}.get(
        mode, lambda: random.random() < 0.5
    )

    def asking(count: int) -> Sequence[Ask]:
        return [
            Ask(
                is_streamed(),
                random.randint(5, most_tokens),
                random.uniform(LEAST_PREFILL_S, 0.4),
                random.uniform(0, pause_s),
            )
            for _ in range(count)
        ]

    callers = [
        Caller(tuple(asking(random.randint(3, 12))), random.uniform(0.02, 0.05))
        for _ in range(random.randint(parallel, 3 * parallel))
    ]
    poller = Caller((Ask(think_s=random.choice([0.1, 1, 5]), question_bytes=150),) * 200)
    return World(
        (*callers, poller),
        parallel,
        gap_s,
        tick_s=random.choice(TICKS_S),
        stalls=random.choice([0, 0.02]),
        seed=seed,
    )

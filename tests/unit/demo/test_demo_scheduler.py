"""The scheduler: what real servers were seen to do, and what must hold whatever comes."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import settings as profile
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from ollama_top.demo import catalogue
from ollama_top.demo.catalogue import CHAT, CODER, EMBEDDER, SMALL, VISION, Model
from ollama_top.demo.durations import FOREVER
from ollama_top.demo.placement import rtx_4090
from ollama_top.demo.scheduler import (
    Admit,
    Ask,
    Order,
    Phase,
    Refuse,
    Runner,
    Scheduler,
    Serve,
    Settings,
    Start,
    Stop,
)

TWO = Settings(num_parallel="2", cards=(rtx_4090(0), rtx_4090(1)))
ONE_SMALL_CARD = Settings(num_parallel="2", cards=(replace(rtx_4090(0), memory_bytes=7 * catalogue.GIB),))


def served(orders: Sequence[Order]) -> list[Ask]:
    return [each.ask for each in orders if isinstance(each, Serve)]


def refused(orders: Sequence[Order]) -> list[Ask]:
    return [each.ask for each in orders if isinstance(each, Refuse)]


def with_loaded(settings: Settings, model: Model, **ask: float) -> tuple[Scheduler, Runner]:
    """A scheduler with one idle model."""
    scheduler = Scheduler(settings)
    first = Ask(model, **ask)  # type: ignore[arg-type]
    scheduler.arrive(first, 0)
    runner = scheduler.runners[0]
    scheduler.loaded(runner, 0)
    scheduler.leave(first, 0)
    return scheduler, runner


def test_six_at_once_for_a_loaded_model_are_served_two_by_two_in_their_order() -> None:
    scheduler, _ = with_loaded(replace(TWO, max_queue=1), SMALL)
    asks = [Ask(SMALL) for _ in range(6)]
    orders = [order for ask in asks for order in scheduler.arrive(ask, 1)]
    assert refused(orders) == []  # as seen: OLLAMA_MAX_QUEUE does not bound the queue of a loaded model
    order = served(orders)
    for ask in asks:
        assert order[0] is ask
        order = order[1:] + served(scheduler.leave(ask, 2))


def test_six_at_once_for_a_model_that_is_not_loaded_meet_the_limit_of_the_queue() -> None:
    scheduler = Scheduler(replace(TWO, max_queue=1))
    asks = [Ask(SMALL) for _ in range(6)]
    orders = [order for ask in asks for order in scheduler.arrive(ask, 0)]
    assert refused(orders) == asks[2:]  # as seen: one is worked on, one waits, four get a 503
    assert served(scheduler.loaded(scheduler.runners[0], 1)) == asks[:2]


@pytest.mark.parametrize(
    ("model", "version", "parallel"),
    [(SMALL, "0.33.0", 2), (VISION, "0.33.0", 1), (VISION, "0.16.0", 2), (EMBEDDER, "0.33.0", 1)],
)
def test_some_families_are_served_one_at_a_time(model: Model, version: str, parallel: int) -> None:
    scheduler, runner = with_loaded(replace(TWO, version=version), model)
    for _ in range(4):
        scheduler.arrive(Ask(model), 1)
    assert runner.parallel == len(runner.serving) == parallel


def test_a_load_blocks_the_queue_for_every_other_model() -> None:
    scheduler = Scheduler(TWO)
    scheduler.arrive(Ask(SMALL), 0)
    other = Ask(CHAT)
    assert scheduler.arrive(other, 0) == []
    loading = scheduler.runners[0]
    orders = scheduler.loaded(loading, 5)
    assert [each.runner.model for each in orders if isinstance(each, Start)] == [CHAT]


def test_a_load_ends_with_the_request_that_it_is_for() -> None:
    """As on a real 0.33.0 and 0.24.0: "client connection closed before ...", "aborting load"."""
    scheduler = Scheduler(TWO)
    ask = Ask(SMALL)
    (start,) = scheduler.arrive(ask, 0)
    assert isinstance(start, Start)
    assert scheduler.leave(ask, 1) == [Stop(start.runner)]
    assert scheduler.ended(start.runner, 2) == []
    assert scheduler.runners == []


def test_a_model_that_does_not_fit_beside_another_waits_until_that_is_idle_and_gone() -> None:
    scheduler, runner = with_loaded(ONE_SMALL_CARD, SMALL)
    busy = Ask(SMALL)
    scheduler.arrive(busy, 1)
    wanted = Ask(CHAT)
    assert scheduler.arrive(wanted, 2) == []
    assert scheduler.leave(busy, 3) == [Stop(runner)]
    orders = scheduler.ended(runner, 4)
    assert [each.runner.model for each in orders if isinstance(each, Start)] == [CHAT]


def test_requests_with_a_keep_alive_hold_a_model_that_is_to_be_evicted() -> None:
    scheduler, runner = with_loaded(ONE_SMALL_CARD, SMALL)
    first, overtaking = Ask(SMALL), Ask(SMALL, keep_alive_s=30)
    scheduler.arrive(first, 1)
    scheduler.arrive(Ask(CHAT), 2)
    assert served(scheduler.arrive(overtaking, 3)) == [overtaking]  # past the one that waits
    scheduler.leave(first, 4)
    assert scheduler.leave(overtaking, 5) == []  # as seen: not unloaded, though another needs its room
    assert scheduler.advance(34) == []
    assert scheduler.advance(36) == [Stop(runner)]


def test_the_idle_model_that_is_kept_shortest_goes_first() -> None:
    scheduler = Scheduler(replace(TWO, max_loaded=2))
    for model, keep_alive_s in ((SMALL, 60.0), (VISION, 20.0)):
        ask = Ask(model, keep_alive_s=keep_alive_s)
        scheduler.arrive(ask, 0)
        scheduler.loaded(scheduler.runners[-1], 0)
        scheduler.leave(ask, 0)
    orders = scheduler.arrive(Ask(CHAT), 1)
    assert [each.runner.model for each in orders if isinstance(each, Stop)] == [VISION]


def test_another_context_needs_a_reload() -> None:
    scheduler, runner = with_loaded(TWO, SMALL)
    wider = Ask(SMALL, context_tokens=8192)
    assert scheduler.arrive(wider, 1) == [Stop(runner)]
    scheduler.ended(runner, 2)
    assert scheduler.runners[0].context_tokens == 8192
    assert served(scheduler.loaded(scheduler.runners[0], 3)) == [wider]


def test_a_model_too_large_for_all_cards_spills_into_main_memory() -> None:
    _, runner = with_loaded(ONE_SMALL_CARD, CODER)
    assert runner.placement.ram_bytes > 0
    assert sum(runner.placement.vram_bytes) == ONE_SMALL_CARD.cards[0].usable_bytes


def test_an_idle_model_goes_after_its_keep_alive_and_a_busy_one_shows_an_expiry_in_the_past() -> None:
    scheduler, runner = with_loaded(TWO, SMALL, keep_alive_s=10)
    assert runner.expiry_s(3) == 10
    ask = Ask(SMALL)
    scheduler.arrive(ask, 5)
    assert scheduler.advance(60) == []
    assert runner.expiry_s(60) == 10
    assert scheduler.leave(ask, 61) == []
    assert runner.expiry_s(61) == 71
    assert scheduler.advance(71) == [Stop(runner)]


def test_a_model_without_end_is_kept() -> None:
    scheduler, _ = with_loaded(TWO, SMALL, keep_alive_s=FOREVER)
    assert scheduler.advance(1e9) == []


def test_unloading_waits_for_what_is_in_service() -> None:
    scheduler, runner = with_loaded(TWO, SMALL)
    ask = Ask(SMALL)
    scheduler.arrive(ask, 1)
    assert scheduler.unload(SMALL, 2) == []
    assert scheduler.leave(ask, 3) == [Stop(runner)]
    assert scheduler.unload(CHAT, 4) == []


def test_a_runner_that_died_is_replaced_when_it_is_needed() -> None:
    scheduler, runner = with_loaded(TWO, SMALL)
    runner.is_dead = True
    assert scheduler.advance(1) == []
    assert scheduler.arrive(Ask(SMALL), 2) == [Stop(runner)]
    assert isinstance(scheduler.ended(runner, 3)[0], Start)


class AnyLife(RuleBasedStateMachine):
    """Requests come and go, loads and stops take their time, in any order."""

    asks = Bundle("asks")

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.scheduler = Scheduler(replace(ONE_SMALL_CARD, max_queue=4, max_loaded=2, keep_alive_s=5))
        self.alive: set[Ask] = set()
        self.admitted: dict[Model, list[Ask]] = {}

    def follow(self, orders: list[Order]) -> None:
        for order in orders:
            match order:
                case Refuse(ask):
                    self.alive.discard(ask)
                case Admit(ask):
                    self.admitted.setdefault(ask.model, []).append(ask)
                case Serve(ask, runner):
                    assert self.admitted[runner.model].pop(0) is ask, "not in the order of admission"
                case Stop(runner):
                    assert runner.is_idle, "stopped while in use"

    @rule(
        target=asks,
        model=st.sampled_from([SMALL, CHAT, VISION]),
        keep_alive_s=st.sampled_from([None, 0.0, 3.0]),
        context_tokens=st.sampled_from([None, None, 2048]),
    )
    def arrive(self, model: Model, keep_alive_s: float | None, context_tokens: int | None) -> Ask:
        ask = Ask(model, context_tokens, keep_alive_s)
        self.alive.add(ask)
        self.follow(self.scheduler.arrive(ask, self.now_s))
        return ask

    @rule(ask=consumes(asks))
    def leave(self, ask: Ask) -> None:
        if ask in self.alive:
            self.alive.discard(ask)
            waiting = self.admitted.get(ask.model, [])
            if ask in waiting:
                waiting.remove(ask)
            self.follow(self.scheduler.leave(ask, self.now_s))

    @rule(model=st.sampled_from([SMALL, CHAT]))
    def unload(self, model: Model) -> None:
        self.follow(self.scheduler.unload(model, self.now_s))

    @rule(seconds=st.floats(0.1, 4))
    def pass_time(self, seconds: float) -> None:
        self.now_s += seconds
        self.follow(self.scheduler.advance(self.now_s))

    @rule()
    def end_a_phase(self) -> None:
        for runner in tuple(self.scheduler.runners):
            if runner.phase is Phase.LOADING:
                self.follow(self.scheduler.loaded(runner, self.now_s))
            elif runner.phase is Phase.STOPPING:
                self.follow(self.scheduler.ended(runner, self.now_s))

    @invariant()
    def every_request_stands_in_one_place(self) -> None:
        serving = [ask for runner in self.scheduler.runners for ask in runner.serving]
        places = [*serving, *self.scheduler.waiting]
        assert len(places) == len(set(places))
        assert set(places) == self.alive

    @invariant()
    def no_runner_serves_more_than_it_may_nor_leaves_a_place_empty(self) -> None:
        for runner in self.scheduler.runners:
            assert len(runner.serving) <= runner.parallel
            assert len(runner.serving) == runner.parallel or not runner.waiting

    @invariant()
    def memory_is_never_given_twice(self) -> None:
        for index, card in enumerate(self.scheduler.settings.cards):
            held = sum(each.placement.vram_bytes[index] for each in self.scheduler.runners)
            assert held <= card.usable_bytes
        for runner in self.scheduler.runners:
            need = runner.model.memory_bytes(runner.context_tokens, runner.parallel)
            assert runner.placement.size_bytes == need

    @invariant()
    def limits_hold(self) -> None:
        assert len(self.scheduler.runners) <= 2
        assert sum(each.phase is Phase.LOADING for each in self.scheduler.runners) <= 1


AnyLife.TestCase.settings = profile(max_examples=40, stateful_step_count=40)
TestAnyLife = AnyLife.TestCase

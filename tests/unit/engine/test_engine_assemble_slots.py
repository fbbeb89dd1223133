"""The slots of a Snapshot: what each state tells, and what it cannot."""

from typing import Any

from engine_samples import (
    NAME,
    PID,
    PORT,
    api,
    listed,
    reason,
    runner,
    samples,
    shown,
    slot,
    snapshot,
    traffic,
    tree,
    value,
)

from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.slot import Slot, SlotState


def slots_of(*replies: Any) -> tuple[Slot, ...]:
    return snapshot(samples(traffic=traffic(slots={PORT: replies}))).slots


def test_an_idle_slot_says_that_it_is_idle() -> None:
    (idle, _) = slots_of(slot(0), slot(1))
    assert (idle.state, idle.slot, idle.runner_pid) == (SlotState.IDLE, 0, PID)
    assert idle.model == Known(NAME, Source.API)
    assert idle.context_tokens == Known(4096, Source.SLOTS)
    for each in (idle.prompt_tokens, idle.prompt_done_tokens, idle.decoded_tokens, idle.context_fill_percent):
        assert reason(each) == Missing(Why.ABSENT, "the slot is idle")


def test_a_slot_that_reads_its_prompt_tells_how_far_it_is() -> None:
    reading = slot(0, task=1, processed_tokens=1024, cached_tokens=0, held_tokens=1024)
    (found,) = slots_of(reading)
    assert found.state is SlotState.PREFILL
    assert found.prompt_done_tokens == Known(1024, Source.SLOTS)
    assert found.context_fill_percent == Known(25.0, Source.SLOTS)
    assert reason(found.prompt_tokens).why is Why.UNSUPPORTED
    assert reason(found.tokens_per_s) == Missing(Why.PENDING, "no token is written yet")
    (unread,) = slots_of(slot(0, task=1, processed_tokens=0, held_tokens=500))
    assert reason(unread.context_fill_percent).why is Why.PENDING, "what it holds is the last request's"


def test_a_slot_that_writes_tells_prompt_and_answer() -> None:
    (found,) = slots_of(slot(0, task=1, decoded=120, processed_tokens=80, cached_tokens=20, held_tokens=219))
    assert found.state is SlotState.DECODE
    assert found.prompt_tokens == found.prompt_done_tokens == Known(100, Source.SLOTS)
    assert found.decoded_tokens == Known(120, Source.SLOTS)
    assert found.context_fill_percent == Known(100 * 219 / 4096, Source.SLOTS)


def test_a_slot_that_tells_no_context_has_no_fill() -> None:
    (found,) = slots_of(slot(0, task=1, decoded=1, context_tokens=None))
    assert reason(found.context_tokens).why is Why.UNSUPPORTED
    assert reason(found.context_fill_percent).why is Why.UNSUPPORTED


def test_slots_stay_with_their_runners() -> None:
    other = runner("/b", PID + 1)
    told = api(listed("a"), listed("b"), shows={"a": shown(), "b": shown("/b")})
    both = traffic(slots={PORT: [slot(0, task=1, decoded=5)], PORT + 1: [slot(0), slot(1)]})
    found: Snapshot = snapshot(samples(api=told, tree=tree(runner(), other), traffic=both))
    assert [(value(each.model), each.slot, each.state) for each in found.slots] == [
        ("a", 0, SlotState.DECODE),
        ("b", 0, SlotState.IDLE),
        ("b", 1, SlotState.IDLE),
    ]
    assert [value(each.running) for each in found.models] == [1, 0]

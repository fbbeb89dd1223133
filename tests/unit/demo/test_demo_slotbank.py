"""A runner's slots: exact arithmetic, whatever the steps."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ollama_top.demo.catalogue import Pace
from ollama_top.demo.slotbank import Job, SlotBank

PACE = Pace(prefill_per_s=1000, decode_per_s=50, crowding=0.25)
JOBS = st.builds(Job, st.integers(1, 5000), st.integers(0, 400))


def test_a_lone_request_reads_then_writes_at_full_speed() -> None:
    bank = SlotBank.of(2, PACE)
    slot = bank.take(Job(500, 11))
    bank.step(0.25)
    assert (slot.is_reading, slot.read_tokens, slot.written_tokens) == (True, 250, 0)
    bank.step(0.25)
    assert (slot.is_reading, slot.written_tokens) == (False, 1)  # with the prompt's end comes a token
    bank.step(0.1)
    assert (slot.written_tokens, slot.is_done) == (6, False)
    bank.step(5)
    assert (slot.written_tokens, slot.is_done) == (11, True)
    assert slot.prompt_s == pytest.approx(0.5)
    assert slot.answer_s == pytest.approx(0.2)  # eleven tokens have ten gaps


def test_a_second_request_slows_both() -> None:
    bank = SlotBank.of(2, PACE)
    slots = [bank.take(Job(1, 1000)) for _ in range(2)]
    bank.step(0.002)
    bank.step(10)
    assert [each.written_tokens for each in slots] == [401, 401]  # 50 / 1.25 each


def test_an_embedding_is_done_when_it_is_read() -> None:
    bank = SlotBank.of(1, Pace(1000, 0, 0))
    slot = bank.take(Job(100, 0))
    bank.step(0.05)
    assert not slot.is_done
    bank.step(0.05)
    assert (slot.is_done, slot.written_tokens) == (True, 0)


def test_a_full_runner_takes_nothing() -> None:
    bank = SlotBank.of(1, PACE)
    bank.take(Job(1, 1))
    with pytest.raises(LookupError):
        bank.take(Job(1, 1))


def test_a_released_slot_keeps_its_number_and_what_it_holds() -> None:
    bank = SlotBank.of(1, PACE)
    slot = bank.take(Job(10, 5))
    bank.step(1)
    bank.release(slot)
    assert (slot.job, slot.task, slot.held_tokens) == (None, 0, 15)
    assert bank.take(Job(1, 1)).task == 2


def test_the_slot_that_was_used_longest_ago_is_next() -> None:
    bank = SlotBank.of(3, PACE)
    for _ in range(3):
        bank.release(bank.take(Job(1, 1)))
    assert [bank.take(Job(1, 1)).number for _ in range(3)] == [0, 1, 2]


@given(
    st.lists(JOBS, min_size=1, max_size=4),
    st.lists(st.floats(0.001, 3), min_size=1, max_size=12),
    st.floats(0.1, 1),
)
def test_many_small_steps_come_to_the_same_as_one(jobs: list[Job], steps: list[float], share: float) -> None:
    fine, coarse = SlotBank.of(len(jobs), PACE), SlotBank.of(len(jobs), PACE)
    for bank in (fine, coarse):
        for job in jobs:
            bank.take(job)
    for step in steps:
        fine.step(step, share)
    coarse.step(sum(steps), share)
    for one, other in zip(fine.slots, coarse.slots, strict=True):
        assert one.read == pytest.approx(other.read, abs=1e-4)
        assert one.written == pytest.approx(other.written, abs=1e-4)
        assert one.prompt_s + one.answer_s == pytest.approx(other.prompt_s + other.answer_s, abs=1e-6)


@given(st.lists(JOBS, min_size=1, max_size=4), st.floats(0, 60))
def test_nothing_is_read_or_written_beyond_what_was_asked(jobs: list[Job], seconds: float) -> None:
    bank = SlotBank.of(len(jobs), PACE)
    slots = [bank.take(job) for job in jobs]
    bank.step(seconds)
    for slot, job in zip(slots, jobs, strict=True):
        assert 0 <= slot.read_tokens <= job.prompt_tokens
        assert 0 <= slot.written_tokens <= job.answer_tokens
        assert slot.written_tokens == 0 or slot.read_tokens == job.prompt_tokens


@given(st.lists(JOBS, min_size=1, max_size=3), st.floats(0, 20))
def test_the_next_token_comes_when_it_is_foretold(jobs: list[Job], seconds: float) -> None:
    bank = SlotBank.of(len(jobs), PACE)
    for job in jobs:
        bank.take(job)
    bank.step(seconds)
    before = [each.written_tokens for each in bank.slots]
    wait_s = bank.next_token_s()
    assume(0.001 < wait_s < 1e6)
    bank.step(wait_s - 0.0005)
    assert [each.written_tokens for each in bank.slots] == before
    bank.step(0.001)
    assert [each.written_tokens for each in bank.slots] != before or any(each.is_done for each in bank.slots)


@given(st.integers(1, 50), st.floats(0.001, 0.9))
def test_a_slot_knows_how_long_ago_its_last_token_was(tokens: int, part: float) -> None:
    bank = SlotBank.of(1, PACE)
    slot = bank.take(Job(1, 10_000))
    bank.step(0.001)
    bank.step((tokens + part) / 50)
    assert slot.written_tokens == tokens + 1
    assert slot.quiet_s == pytest.approx(part / 50, abs=1e-6)

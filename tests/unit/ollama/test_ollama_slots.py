"""What a runner tells of its slots, at rest and in the middle of real bursts."""

import json
from collections import Counter
from contextlib import suppress
from dataclasses import fields

import pytest
from captured import Capture
from hypothesis import example, given
from hypothesis import strategies as st

from ollama_top.model.slot import SlotState
from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.ollama.slots import (
    COUNTS,
    RunnerProps,
    SlotReply,
    parse_cpp_slots,
    parse_props,
    parse_slots,
)

WEIGHTS = "sha256-a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
BURSTS = {"burst-6-parallel2": 2, "burst-8-parallel4": 4, "burst-4-unset": 1}
VALUE = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=2)
)
TOLD = ("id_task", "n_ctx", "n_prompt_tokens", "n_prompt_tokens_processed", "n_prompt_tokens_cache")
SLOT = st.fixed_dictionaries(
    {"id": st.integers() | VALUE, "is_processing": st.booleans() | VALUE},
    optional=dict.fromkeys(TOLD, st.integers() | VALUE)
    | {"next_token": st.lists(st.fixed_dictionaries({"n_decoded": st.integers() | VALUE}) | VALUE) | VALUE},
)


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


def samples(capture: Capture, burst: str) -> list[tuple[float, tuple[SlotReply, ...]]]:
    recorded = capture.json(burst)["samples"]
    return [(each["t"], parse_slots(encoded(each["slots"]))) for each in recorded]


def test_slots_of_a_runner_that_has_served_once(newest: Capture) -> None:
    fresh, used = parse_slots(newest.body("runner-slots"))
    assert (fresh.slot, fresh.task, fresh.state, fresh.context_tokens) == (0, None, SlotState.IDLE, 4096)
    assert (used.slot, used.task, used.state, used.held_tokens) == (1, 0, SlotState.IDLE, 29)


def test_props_tell_the_slots_and_the_context_of_one(newest: Capture) -> None:
    props = parse_props(newest.body("runner-props"))
    assert (props.parallel, props.context_tokens) == (2, 4096)
    assert props.model_path is not None
    assert props.model_path.endswith(WEIGHTS)


def test_a_go_runner_tells_neither(older: Capture) -> None:
    for parse in (parse_slots, parse_props):
        with pytest.raises(BadReplyError, match="something else"):
            parse(older.body("runner-slots"))


@pytest.mark.parametrize(("burst", "parallel"), BURSTS.items())
def test_a_burst_keeps_every_slot_at_work_until_its_end(newest: Capture, burst: str, parallel: int) -> None:
    looks = samples(newest, burst)
    ends = sorted(each["end"] for each in newest.json(burst)["requests"])
    assert all([each.slot for each in slots] == list(range(parallel)) for _, slots in looks)
    until_s = ends[-parallel]  # from then on no request is left that could take a free slot
    busy = Counter(sum(each.busy for each in slots) for at_s, slots in looks if 0.5 < at_s < until_s)
    assert busy[parallel] > 0.9 * busy.total()


@pytest.mark.parametrize("burst", BURSTS)
def test_tokens_of_a_request_only_grow_and_its_prompt_stays(newest: Capture, burst: str) -> None:
    requests: dict[tuple[int, int | None], SlotReply] = {}
    for _, slots in samples(newest, burst):
        for each in (each for each in slots if each.state is SlotState.DECODE):
            last = requests.setdefault((each.slot, each.task), each)
            assert each.decoded_tokens >= last.decoded_tokens
            assert each.prompt_done_tokens == last.prompt_done_tokens
            assert each.held_tokens is not None
            assert each.prompt_done_tokens is not None
            assert each.held_tokens <= each.prompt_done_tokens + each.decoded_tokens <= 4096
            requests[each.slot, each.task] = each
    assert len(requests) == len(newest.json(burst)["requests"])


def test_the_bursts_show_every_state(newest: Capture) -> None:
    seen = {each.state for burst in BURSTS for _, slots in samples(newest, burst) for each in slots}
    assert seen == {*SlotState}


def slot_at_work(decoded: int) -> dict[str, object]:
    counts = {"n_prompt_tokens_cache": 4, "n_prompt_tokens_processed": 1, "n_prompt_tokens": 5 + decoded}
    return {"id": 0, "is_processing": True, **counts, "next_token": [{"n_decoded": decoded}]}


def test_a_slot_that_has_written_nothing_yet_reads_its_prompt() -> None:
    (slot,) = parse_slots(encoded([slot_at_work(0)]))
    assert (slot.state, slot.prompt_done_tokens) == (SlotState.PREFILL, 5)
    (slot,) = parse_slots(encoded([slot_at_work(1)]))
    assert slot.state is SlotState.DECODE
    (slot,) = parse_slots(encoded([slot_at_work(1) | {"is_processing": False}]))
    assert slot.state is SlotState.IDLE


@pytest.mark.parametrize("lacking", ["n_prompt_tokens", "n_prompt_tokens_cache", "next_token"])
def test_a_busy_slot_without_its_counts_is_not_taken_for_one_that_reads(lacking: str) -> None:
    slot = slot_at_work(3)
    del slot[lacking]
    with pytest.raises(BadReplyError, match="no counts"):
        parse_slots(encoded([slot]))


def test_slots_come_by_number_and_those_without_are_left_out() -> None:
    reply = [
        {"id": 2, "is_processing": False},
        {"id": 0, "is_processing": False},
        {"id": None, "is_processing": True},
        {"id": 1},
        {"id": True, "is_processing": True},
    ]
    assert [each.slot for each in parse_slots(encoded(reply))] == [0, 2]


def test_a_task_of_minus_one_is_none() -> None:
    (slot,) = parse_slots(b'[{"id": 0, "is_processing": false, "id_task": -1}]')
    assert slot.task is None


def test_props_without_what_is_looked_for() -> None:
    assert parse_props(b"{}") == RunnerProps(None, None, None)
    odd = b'{"total_slots": "2", "default_generation_settings": [], "model_path": ""}'
    assert parse_props(odd) == RunnerProps(None, None, None)


# The C++ server of 0.1.33 to 0.3.13, after its source


def test_slots_of_a_cpp_server() -> None:
    writes, reads, idle, fresh = parse_cpp_slots(Capture("ollama-0.3.13").body("runner-slots.source"))
    assert (writes.slot, writes.task, writes.state, writes.decoded_tokens) == (0, 412, SlotState.DECODE, 57)
    assert (reads.state, reads.decoded_tokens, reads.context_tokens) == (SlotState.PREFILL, 0, 2048)
    assert (idle.state, idle.task, fresh.state, fresh.task) == (SlotState.IDLE, 398, SlotState.IDLE, None)
    assert {each.prompt_done_tokens for each in (writes, reads, idle, fresh)} == {None}


def test_the_first_cpp_server_tells_the_same() -> None:
    busy, idle = parse_cpp_slots(Capture("ollama-0.1.33").body("runner-slots.source"))
    assert (busy.task, busy.decoded_tokens, idle.busy) == (7, 3, False)


def test_a_prompt_that_a_cpp_server_tells_is_not_kept() -> None:
    body = Capture("ollama-0.3.13").body("runner-slots.source")
    assert b"nobody may keep this" in body
    assert "nobody" not in repr(parse_cpp_slots(body))


def test_a_busy_slot_of_a_cpp_server_without_its_count_is_refused() -> None:
    with pytest.raises(BadReplyError, match="no counts"):
        parse_cpp_slots(b'[{"id": 0, "state": 1, "next_token": []}]')
    assert parse_cpp_slots(b'[{"id": 0}, {"state": 1}]') == ()


@given(st.binary() | VALUE.map(encoded))
def test_whatever_a_runner_answers_is_parsed_or_refused(reply: bytes) -> None:
    for parse in (parse_slots, parse_cpp_slots):
        with suppress(BadReplyError):
            assert parse(reply) == ()


@given(st.lists(SLOT))
@example([{"id": 0, "is_processing": True}])
def test_whatever_a_slot_holds_comes_out_typed_or_not_at_all(slots: list[dict[str, object]]) -> None:
    known = [each for each in slots if type(each["is_processing"]) is bool and is_count(each["id"])]
    if any(each["is_processing"] and not tells_counts(each) for each in known):
        with pytest.raises(BadReplyError, match="no counts"):
            parse_slots(encoded(slots))
        return
    found = parse_slots(encoded(slots))
    assert len(found) == len(known)
    for slot in found:
        told = {field.name: getattr(slot, field.name) for field in fields(slot)}
        assert type(told.pop("busy")) is bool
        lacking = {name for name, each in told.items() if each is None}
        assert lacking <= {"task", "context_tokens"}
        assert all(type(each) is int and each >= 0 for name, each in told.items() if name not in lacking)


def tells_counts(slot: dict[str, object]) -> bool:
    """Whether a slot has every count that one at work has to have."""
    steps = slot.get("next_token")
    step = next((each for each in steps if isinstance(each, dict)), {}) if isinstance(steps, list) else {}
    return is_count(step.get("n_decoded")) and all(is_count(slot.get(name)) for name in COUNTS)


def is_count(value: object) -> bool:
    return (
        not isinstance(value, bool)
        and isinstance(value, int | float)
        and 0 <= value < 2**63
        and value % 1 == 0
    )

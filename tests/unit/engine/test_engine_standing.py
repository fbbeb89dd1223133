"""Which requests are in service, by what the runners serve, and when that cannot be told."""

from typing import Any

import frames
import pytest
from exchanges import exchange

from ollama_top.engine.standing import Standing, standings
from ollama_top.model.exchange import Phase
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.request import RequestState
from ollama_top.model.slot import Slot, SlotState

RUNNING, WAITING, UNKNOWN = RequestState.RUNNING, RequestState.WAITING, RequestState.UNKNOWN
STREAMING = {"phase": Phase.STREAMING}
OTHER = {"model": Known("other", Source.PROXY)}


def model(running: int | None = 2, **changes: Any) -> LoadedModel:
    reading = Missing(Why.FAILED, "not seen") if running is None else Known(running, Source.SLOTS)
    return frames.model(running=reading, **changes)


def reading_slots(count: int) -> tuple[Slot, ...]:
    return tuple(frames.slot(number, SlotState.PREFILL) for number in range(count))


def states(found: tuple[Standing, ...]) -> list[tuple[int, RequestState, Source]]:
    return sorted((each.exchange.id, each.state, each.source) for each in found)


def test_what_is_being_answered_is_in_service_and_the_rest_waits_when_all_slots_are_taken() -> None:
    asked = [exchange(1, **STREAMING), exchange(2, **STREAMING), exchange(3), exchange(4)]
    found = standings(asked, [model(2)], (), others=0)
    assert states(found) == [
        (number, RUNNING if number < 3 else WAITING, Source.PROXY) for number in (1, 2, 3, 4)
    ]


def test_of_those_that_say_nothing_the_oldest_is_taken_to_be_served() -> None:
    found = standings([exchange(1, **STREAMING), exchange(2), exchange(3)], [model(2)], (), others=0)
    assert states(found) == [
        (1, RUNNING, Source.PROXY),
        (2, RUNNING, Source.ESTIMATE),
        (3, WAITING, Source.ESTIMATE),
    ]


def test_when_all_of_them_are_in_service_nothing_is_estimated() -> None:
    found = standings([exchange(1), exchange(2)], [model(2)], (), others=0)
    assert states(found) == [(1, RUNNING, Source.PROXY), (2, RUNNING, Source.PROXY)]


@pytest.mark.parametrize(("slots", "phase"), [(2, Phase.PREFILL), (1, Phase.WAITING), (0, Phase.WAITING)])
def test_prefill_is_said_only_where_the_slots_leave_no_choice(slots: int, phase: Phase) -> None:
    found = standings([exchange(1), exchange(2)], [model(2)], reading_slots(slots), others=0)
    assert {each.exchange.phase for each in found} == {phase}


def test_while_a_model_is_being_loaded_its_requests_wait_for_that() -> None:
    (found,) = standings([exchange()], [model(0, state=ModelState.LOADING)], (), others=0)
    assert (found.state, found.exchange.phase) == (WAITING, Phase.LOADING)


def test_a_runner_that_cannot_be_seen_leaves_it_open() -> None:
    found = standings([exchange(1, **STREAMING), exchange(2)], [model(None)], (), others=0)
    assert states(found) == [(1, RUNNING, Source.PROXY), (2, UNKNOWN, Source.PROXY)]


@pytest.mark.parametrize(
    ("running", "others", "state"), [(1, 1, UNKNOWN), (0, 1, WAITING), (2, 1, RUNNING), (1, 0, RUNNING)]
)
def test_requests_beside_the_proxy_may_have_the_slots(running: int, others: int, state: RequestState) -> None:
    (found,) = standings([exchange()], [model(running)], (), others=others)
    assert found.state is state


def test_a_model_that_is_not_in_memory_serves_nobody() -> None:
    found = standings([exchange(1, **OTHER), exchange(2)], [model(1)], (), others=0)
    assert (1, WAITING, Source.PROXY) in states(found)


def test_unless_a_runner_serves_more_than_is_asked_of_it_by_name() -> None:
    """The same weights under another name are served by the same runner."""
    found = standings([exchange(1, **OTHER), exchange(2)], [model(2)], (), others=0)
    assert (1, UNKNOWN, Source.PROXY) in states(found)
    assert standings([exchange()], [], (), others=0)[0].state is UNKNOWN


def test_a_model_of_the_cloud_is_never_seen_here() -> None:
    cloud = exchange(model=Known("gpt-oss:120b-cloud", Source.PROXY))
    (found,) = standings([cloud], [model(0)], (), others=0)
    assert found.state is UNKNOWN


@pytest.mark.parametrize("name", ["gemma3:270M", "registry.ollama.ai/library/gemma3:270m"])
def test_a_model_may_be_asked_for_in_other_words(name: str) -> None:
    (found,) = standings([exchange(model=Known(name, Source.PROXY))], [model(1)], (), others=0)
    assert found.state is RUNNING

"""What speaks against a connection's being a request for inference, and what does not."""

from collections.abc import Sequence
from dataclasses import replace

import engine_recordings as recordings
import pytest
from engine_samples import (
    BLOB,
    NAME,
    PID,
    PORT,
    api,
    connection,
    listed,
    runner,
    samples,
    shown,
    slot,
    snapshot,
    traffic,
    tree,
)
from test_engine_recordings import EVERY, LOADED, QUIET, WITHOUT_SLOTS

from ollama_top.engine.samples import Samples, Taken
from ollama_top.model.frame import Snapshot
from ollama_top.model.queue import Precision
from ollama_top.model.request import RequestState
from ollama_top.sources.inet_diag import Endpoint, Socket

RUNNERS = Endpoint("127.0.0.1", PORT)


def call(number: int, at_s: float, *, called_s: float) -> Socket:
    """The runner's side of a request in service."""
    asked_ms = round(1000 * (at_s - called_s))
    return connection(900 + number, asked_ms=asked_ms, said_ms=20, sent_segments=9, local=RUNNERS)


def asking(number: int, at_s: float, *, asked_s: float = 10.0, **changes: int) -> Socket:
    """A request without a byte of its reply."""
    return connection(number, asked_ms=round(1000 * (at_s - asked_s)), **changes)


def replying(number: int, at_s: float, *, asked_s: float, said_ms: int = 9) -> Socket:
    """A reply under way, which grows from look to look."""
    asked_ms = round(1000 * (at_s - asked_s))
    return connection(number, asked_ms=asked_ms, said_ms=said_ms, sent_bytes=round(1000 * at_s))


def look(
    at_s: float,
    served: Sequence[Socket],
    *,
    tasks: tuple[int | None, ...] = (1, 2),
    called_s: float = 10.0,
    pid: int = PID,
) -> Samples:
    """A look at a runner with these tasks in its slots."""
    calls = {PORT: tuple(call(task, at_s, called_s=called_s) for task in tasks if task)}
    slots = {PORT: [slot(number, task=task, decoded=9) for number, task in enumerate(tasks)]}
    found = traffic(*served, slots=slots, to_runners=calls, calls=(Taken(calls, at_s),), at_s=at_s)
    return samples(at_s, tree=tree(runner(pid=pid, port=PORT)), traffic=found)


def states(found: Snapshot) -> dict[int, RequestState]:
    """By connection."""
    return {int(each.client_address.rpartition(":")[2]) - 40_000: each.state for each in found.requests}


def is_exact(found: Snapshot) -> bool:
    exact = found.queue.precision is Precision.EXACT
    assert exact == (found.queue.precision_note is None)
    return exact


# -- a healthy server


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize(("version", "name"), QUIET + LOADED + WITHOUT_SLOTS)
def test_what_a_real_server_does_raises_no_doubt(version: str, name: str, every: int) -> None:
    """Every look at which the counts are right is called exact, whichever moment the looking begins at."""
    recording = recordings.load(version, name)
    for offset in range(every):
        looks = [look for look in recordings.looks(recording, every, offset) if look.is_exact]
        doubted = [each for each in looks[2:] if each.precision is not Precision.EXACT]
        assert doubted == []


# -- replies that no runner writes


def pulled(at_s: float, **changes: float) -> list[Socket]:
    """Three requests that are not streamed, and a pull that is."""
    three = [asking(number, at_s) for number in (1, 2, 3)]
    return [*three, replying(4, at_s, **{"asked_s": 10.5, **changes})]


def test_a_reply_to_a_question_after_which_no_runner_was_called_is_doubted() -> None:
    found = snapshot(look(12, pulled(12)), look(14, pulled(14)))
    assert not is_exact(found)
    assert "a pull" in (found.queue.precision_note or "")
    assert states(found) == {
        1: RequestState.RUNNING,
        2: RequestState.RUNNING,
        3: RequestState.WAITING,
        4: RequestState.UNKNOWN,
    }


def test_a_reply_that_had_begun_before_any_runner_was_called_is_doubted() -> None:
    """It is older than the requests."""
    alone = [replying(4, 9, asked_s=8)]
    first = look(9, alone, tasks=(None, None))
    later = [look(at_s, pulled(at_s, asked_s=8)) for at_s in (12, 14)]
    assert not is_exact(snapshot(first, *later))


def test_glances_count_as_sights_of_a_reply() -> None:
    now = look(14, pulled(14))
    assert now.traffic is not None
    glanced = Taken(tuple(pulled(13.5)), 13.5)
    called = Taken({PORT: tuple(call(task, 13.5, called_s=10) for task in (1, 2))}, 13.5)
    seen = replace(now.traffic.value, glances=(glanced,), calls=(called, *now.traffic.value.calls))
    assert not is_exact(snapshot(look(10.4, pulled(10.4)[:3]), replace(now, traffic=Taken(seen, 14))))


def test_a_reply_that_a_runner_may_write_is_not_doubted() -> None:
    streams = [
        [*[asking(number, at_s) for number in (1, 2, 3)], replying(4, at_s, asked_s=9.99)]
        for at_s in (12, 14, 16)
    ]
    assert is_exact(snapshot(*(look(at_s, each) for at_s, each in zip((12, 14, 16), streams, strict=True))))


def test_a_reply_that_stands_still_may_have_ended_and_is_not_doubted() -> None:
    def still(at_s: float) -> list[Socket]:
        ended = connection(4, asked_ms=round(1000 * (at_s - 11)), said_ms=100, sent_bytes=5000)
        return [*[asking(number, at_s) for number in (1, 2, 3)], ended]

    assert is_exact(snapshot(*(look(at_s, still(at_s)) for at_s in (12, 14, 16))))


# -- requests that never come whole


def test_a_request_of_which_more_and_more_comes_is_an_upload() -> None:
    def uploading(at_s: float, received_bytes: int) -> list[Socket]:
        more = asking(4, at_s, asked_s=at_s - 0.1, received_bytes=received_bytes)
        return [*[asking(number, at_s) for number in (1, 2, 3)], more]

    looks = [look(at_s, uploading(at_s, round(1e6 * at_s))) for at_s in (12, 14, 16)]
    assert is_exact(snapshot(*looks[:2])), "head and body may come apart"
    assert not is_exact(snapshot(*looks))


def test_a_chat_that_goes_on_after_a_rest_raises_no_doubt() -> None:
    """A client that keeps its connection asks again some time after the last byte of its last answer."""
    first = replying(4, 12, asked_s=10)
    rest = replace(first, last_received_ms=4000, last_sent_ms=1500)
    again = replace(first, received_bytes=900, last_received_ms=200, last_sent_ms=3500)

    def answered(at_s: float) -> Socket:
        return replace(replying(4, at_s, asked_s=15.8), received_bytes=900)

    def served(at_s: float, *tasks: int | None, called_s: float, by: Socket) -> Samples:
        return look(at_s, [by, asking(5, at_s, asked_s=10.5)], tasks=tasks, called_s=called_s)

    looks = [
        served(12, 1, 2, called_s=10, by=first),
        served(14, None, 2, called_s=10, by=rest),
        served(16, 3, 2, called_s=15.8, by=again),
        *[served(at_s, 3, 2, called_s=15.8, by=answered(at_s)) for at_s in (18, 20, 22)],
    ]
    found = snapshot(*looks)
    assert states(found) == {4: RequestState.RUNNING, 5: RequestState.RUNNING}
    assert is_exact(found)


def test_the_next_request_on_a_connection_is_not_more_of_the_last() -> None:
    def next_one(at_s: float) -> Socket:
        size = round(300 * at_s)
        return asking(4, at_s, asked_s=at_s - 0.5, received_bytes=size, sent_bytes=size)

    looks = [look(at_s, [*[asking(n, at_s) for n in (1, 2)], next_one(at_s)]) for at_s in (12, 14, 16, 18)]
    assert is_exact(snapshot(*looks))


def test_a_request_whose_turn_was_long_ago_is_doubted() -> None:
    """Half of it was sent and no more: it looks like one that waits, until all others have been served."""

    def turn(at_s: int, *tasks: int) -> Samples:
        young = [asking(100 + task, at_s, asked_s=at_s - 0.5) for task in tasks]
        return look(at_s, [asking(9, at_s), *young], tasks=tasks)

    first = look(12, [asking(1, 12), asking(9, 12)])
    turns = [turn(14, 3, 4), turn(16, 5, 6)]
    assert is_exact(snapshot(first, *turns[:1]))
    found = snapshot(first, *turns)
    assert not is_exact(found)
    assert states(found)[9] is RequestState.UNKNOWN


def test_one_that_is_long_in_service_is_not_doubted() -> None:
    looks = [
        look(at_s, [asking(9, at_s), asking(at_s, at_s, asked_s=at_s - 0.5)], tasks=(1, at_s))
        for at_s in (12, 14, 16, 18)
    ]
    assert is_exact(snapshot(*looks))


def test_of_those_that_came_together_any_may_be_last() -> None:
    looks = [
        look(at_s, [asking(number, at_s) for number in range(first, 7)], tasks=(at_s, at_s + 1))
        for at_s, first in ((12, 1), (14, 3), (16, 5))
    ]
    assert is_exact(snapshot(*looks))


def test_slots_that_were_free_before_it_came_do_not_speak_against_a_request() -> None:
    """On a busy machine the second of six may take its slot a second after the first."""
    idle = [look(at_s, [], tasks=(None, None)) for at_s in (4, 6, 8)]
    six = [look(11.5, [asking(number, 11.5) for number in range(1, 7)], tasks=(1, None))]
    six += [
        look(at_s, [asking(number, at_s) for number in range(first, 7)], tasks=(task, task + 1))
        for at_s, first, task in ((13, 1, 1), (15, 2, 2), (17, 3, 3), (19, 4, 4), (21, 5, 5))
    ]
    assert [is_exact(snapshot(*idle, *six[:count])) for count in range(1, 7)] == [True] * 6


def test_a_request_that_no_free_slot_takes_is_doubted_later_too_until_a_runner_starts() -> None:
    """Of one that waits for another model it is the load that shows it."""
    free = [look(at_s, [asking(9, at_s)], tasks=(None, None)) for at_s in range(12, 24, 2)]
    assert not is_exact(snapshot(*free))
    busy = look(24, [asking(9, 24), *(asking(number, 24, asked_s=22.5) for number in (1, 2, 3))])
    assert not is_exact(snapshot(*free, busy))
    loading = samples(
        24,
        api=api(listed(), shows={NAME: shown(BLOB)}),
        tree=tree(runner(), runner("/other", PID + 1)),
        traffic=traffic(asking(9, 24), slots={PORT: [slot(0), slot(1)], PORT + 1: []}, at_s=24),
    )
    assert is_exact(snapshot(*free, loading))


def test_a_request_beside_a_runner_that_has_died_is_not_proved() -> None:
    dead = [samples(at_s, tree=tree(), traffic=traffic(asking(9, at_s), slots={})) for at_s in (12, 14)]
    assert not is_exact(snapshot(*dead))

"""The connections to an MLX runner: after x/mlxrunner/client.go and server.go of 0.33, by counters.

POST /completion is answered by 308 at once, and the same request comes again on the connection.
"""

from dataclasses import replace

import pytest
from engine_samples import (
    NAME,
    PORT,
    api,
    connection,
    listed,
    runner,
    samples,
    snapshot,
    traffic,
    tree,
    value,
)

from ollama_top.engine.samples import Samples
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Source
from ollama_top.ollama.argv import Generation
from ollama_top.sources.inet_diag import Socket

PING_BYTES, POST_BYTES, MOVED_BYTES = 105, 440, 180
MLX = runner(NAME, generation=Generation.MLX, parallel=1, context_tokens=None)


def sent_on(number: int, ms: int, before: int = 0) -> Socket:
    """A connection on which a request was answered by 308 and came again in the same tick."""
    received = before + 2 * POST_BYTES
    return replace(
        connection(number, asked_ms=ms, said_ms=ms, sent_bytes=MOVED_BYTES), received_bytes=received
    )


def writing(number: int, asked_ms: int) -> Socket:
    """A connection on which the answer goes on."""
    return replace(
        connection(number, asked_ms=asked_ms, said_ms=3, sent_bytes=5000), received_bytes=2 * POST_BYTES
    )


def pinged(number: int, ms: int, before: int) -> Socket:
    """A connection on which the last was a question of state."""
    ping = connection(number, asked_ms=ms, said_ms=ms, sent_bytes=9000)
    return replace(ping, received_bytes=before + PING_BYTES)


def look(at_s: float, asked: int, *to_runner: Socket) -> Samples:
    """A moment with as many clients without an answer."""
    clients = [connection(100 + number, asked_ms=500 + number) for number in range(asked)]
    told = traffic(*clients, slots={}, to_runners={PORT: to_runner}, at_s=at_s)
    return samples(at_s, api=api(listed(), shows={}), tree=tree(MLX), traffic=told)


def counts(shown: Snapshot) -> tuple[int, int]:
    assert shown.models[0].running.source is Source.SOCKETS  # type: ignore[union-attr]
    return value(shown.queue.running), value(shown.queue.waiting)


def test_a_prompt_that_is_read_is_in_service() -> None:
    assert counts(snapshot(look(10, 1, sent_on(1, 40)))) == (1, 0)


def test_of_several_one_is_served_and_the_others_wait_inside_the_runner() -> None:
    inside = [sent_on(number, 400 + number) for number in range(6)]
    assert counts(snapshot(look(10, 6, *inside))) == (1, 5)
    assert counts(snapshot(look(10, 6, *inside), look(12, 6, *inside))) == (1, 5), "they still wait"


def test_while_one_is_written_the_others_wait() -> None:
    inside = [sent_on(number, 400 + number) for number in range(3)]
    streams = traffic(
        connection(200, asked_ms=900, said_ms=5, sent_bytes=4000),
        *(connection(100 + number, asked_ms=500) for number in range(3)),
        slots={},
        to_runners={PORT: (writing(9, 890), *inside)},
        at_s=12,
    )
    now = samples(12, api=api(listed(), shows={}), tree=tree(MLX), traffic=streams)
    assert counts(snapshot(look(10, 4, sent_on(9, 50), *inside), now)) == (1, 3)


@pytest.mark.parametrize("pings", [1, 4])
def test_questions_of_state_are_no_requests(pings: int) -> None:
    kept = replace(pinged(1, 50, 0), received_bytes=pings * PING_BYTES)
    assert counts(snapshot(look(10, 0, kept))) == (0, 0)
    assert counts(snapshot(look(10, 1, kept))) == (0, 1), "a client's request that has not come there yet"


def test_a_look_between_a_request_and_its_repetition_loses_nothing() -> None:
    came = replace(connection(1, asked_ms=1), received_bytes=POST_BYTES)
    assert counts(snapshot(look(10, 1, came), look(12, 1, sent_on(1, 1990)))) == (1, 0)


def test_a_request_that_was_answered_is_over() -> None:
    began, ended = look(10, 1, sent_on(1, 40)), look(12, 0, pinged(1, 30, 2 * POST_BYTES))
    assert counts(snapshot(began, ended)) == (0, 0)


def test_without_an_unanswered_client_nothing_is_due() -> None:
    """A long text that was only counted by /v1/tokenize looks like a request."""
    assert counts(snapshot(look(10, 0, sent_on(1, 40)))) == (0, 0)


def test_a_request_on_a_kept_connection_is_seen_by_its_growth() -> None:
    kept = pinged(1, 1900, 2 * POST_BYTES)
    again = sent_on(1, 40, before=kept.received_bytes)
    assert counts(snapshot(look(10, 0, kept), look(12, 1, replace(again, sent_bytes=9180)))) == (1, 0)

"""What exchanges come to by model and by client, of what is known exactly."""

from dataclasses import replace

import pytest
from exchanges import NOT, done, exchange

from ollama_top.engine.spreads import UNNAMED, by_client, by_model, spread
from ollama_top.model.exchange import Failure, Phase, Route
from ollama_top.model.reading import Known, Missing, Reading, Source
from ollama_top.model.spread import Spread

DONE = done(total_s=Known(2.0, Source.PROXY), client=NOT, queue_s=NOT, ttft_s=NOT, tokens_per_s=NOT)


def exact(value: float) -> Reading[float]:
    return Known(value, Source.PROXY)


def test_models_are_told_apart_those_most_asked_for_first() -> None:
    failed = replace(DONE, phase=Phase.FAILED, failure=Failure.BUSY, total_s=exact(9.0))
    left = replace(DONE, phase=Phase.LEFT)
    other = replace(DONE, model=Known("other", Source.PROXY))
    first, second, third = by_model([other, DONE, failed, left, replace(DONE, model=NOT)])
    assert [first.name, second.name, third.name] == ["gemma3:270m", UNNAMED, "other"]
    assert (first.answered, first.failed, first.left) == (1, 1, 1)
    assert first.total_s.count == 1, "of those that were answered"
    assert first.total_s.p95 == exact(2.0)
    assert isinstance(first.queue_s.p50, Missing)


def test_clients_are_known_by_name_else_by_address() -> None:
    named = replace(DONE, client=Known("curl", Source.PROCESSES))
    assert [each.name for each in by_client([named, named, DONE])] == ["curl", "127.0.0.1"]


def test_a_pull_is_no_work_of_a_model() -> None:
    assert by_model([replace(DONE, route=Route.PULL)]) == ()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.0], (3.0, 3.0, 3.0)),
        ([2.0, 1.0], (1.0, 1.0, 2.0)),
        ([float(each) for each in range(1, 101)], (5.0, 50.0, 95.0)),
    ],
)
def test_percentiles(values: list[float], expected: tuple[float, float, float]) -> None:
    assert spread(map(exact, values)) == Spread(len(values), *map(exact, expected))


def test_what_is_estimated_or_missing_is_left_out() -> None:
    assert spread([Known(99.0, Source.ESTIMATE), NOT, exact(1.0)]).count == 1


def test_what_is_under_way_counts_too_and_pieces_are_no_tokens() -> None:
    streaming = exchange(2, phase=Phase.STREAMING, output_tokens=Known(900, Source.ESTIMATE))
    (found,) = by_model([done(1), streaming, exchange(3)])
    assert (found.running, found.waiting, found.answered) == (1, 1, 1)
    assert (found.prompt_tokens, found.output_tokens) == (exact(7), exact(30))
    (silent,) = by_model([streaming])
    assert isinstance(silent.output_tokens, Missing), "an unknown is no 0"
    assert found.last_at == exchange().began_at

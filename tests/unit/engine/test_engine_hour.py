"""The last hour: one point in two seconds, with gaps where a value was missing."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import exchanges
import frames
import pytest
from frames import NOW

from ollama_top.engine.hour import MOST_POINTS, SPACING_S, SPAN_S, extend
from ollama_top.model.frame import Snapshot
from ollama_top.model.hour import Hour
from ollama_top.model.reading import Known, Missing, Source, Why

UNKNOWN = Missing(Why.PENDING, "not looked at yet")
GIB = frames.GIB


def seen(after_s: float = 0.0, **changes: object) -> Snapshot:
    return frames.frame(taken_at=NOW + timedelta(seconds=after_s), **changes).snapshot


def followed(interval_s: float, count: int) -> Hour:
    hour = Hour()
    for number in range(count):
        hour = extend(hour, seen(number * interval_s, queue=frames.queue(waiting=number)))
    return hour


def test_a_point_has_the_values_of_its_moment() -> None:
    cards = (frames.gpu(0, 6.0), frames.gpu(1, 2.0, utilization_percent=Known(20.0, Source.NVIDIA)))
    models = (frames.model(tokens_per_s=Known(44.0, Source.SLOTS)),)
    hour = extend(Hour(), seen(queue=frames.queue(2, 5), gpus=cards, models=models))
    assert list(hour.at_s) == [NOW.timestamp()]
    assert (list(hour.running), list(hour.waiting), list(hour.tokens_per_s)) == ([2.0], [5.0], [44.0])
    assert list(hour.vram_bytes) == [8.0 * GIB]
    assert (list(hour.gpu_percent), list(hour.gpu_busiest_percent)) == ([58.5], [97.0])


def test_what_is_missing_is_none() -> None:
    cards = (frames.gpu(0, memory_used_bytes=UNKNOWN, utilization_percent=UNKNOWN), frames.gpu(1))
    away = frames.server(reachable=False, problem="gone")
    for snapshot in (seen(queue=frames.queue(UNKNOWN, UNKNOWN), gpus=cards, server=away),):
        hour = extend(Hour(), snapshot)
        gaps = (
            hour.waiting,
            hour.running,
            hour.tokens_per_s,
            hour.vram_bytes,
            hour.ttft_p50_s,
            hour.ttft_p95_s,
        )
        assert [each.values() for each in gaps] == [(None,)] * 6
        assert hour.gpu_percent.values() == (97.0,)  # of the card that tells


def test_without_cards_to_ask_it_is_what_models_hold() -> None:
    models = (
        frames.model(vram_bytes=Known(GIB, Source.API)),
        frames.model(vram_bytes=Known(GIB, Source.API)),
    )
    assert extend(Hour(), seen(models=models)).vram_bytes.values() == (2.0 * GIB,)
    unknown = (*models, frames.model(vram_bytes=UNKNOWN))
    assert extend(Hour(), seen(models=unknown)).vram_bytes.values() == (None,)


def test_times_to_the_first_token_are_those_of_the_last_minute() -> None:
    def answered(began_s: float, ttft_s: float) -> exchanges.Exchange:
        began_at = NOW - timedelta(seconds=began_s)
        return exchanges.exchange(began_at=began_at, ttft_s=Known(ttft_s, Source.PROXY))

    ended = (*[answered(30, each) for each in (1.0, 2.0, 3.0)], answered(200, 90.0))
    hour = extend(Hour(), seen(exchanges=ended))
    assert (hour.ttft_p50_s.values(), hour.ttft_p95_s.values()) == ((2.0,), (3.0,))
    flying = frames.request(50001, exchange=answered(8, 7.5))
    assert extend(Hour(), seen(exchanges=ended, requests=(flying,))).ttft_p95_s.values() == (7.5,)


@pytest.mark.parametrize(("interval_s", "points"), [(2.0, 100), (10.0, 100), (1.0, 51), (0.25, 14)])
def test_points_are_two_seconds_apart_at_the_least(interval_s: float, points: int) -> None:
    hour = followed(interval_s, 100)
    assert points - 2 <= len(hour) <= points
    times = [each for each in hour.at_s if each is not None]
    steps = [later - earlier for earlier, later in pairwise(times[:-1])]
    assert min(steps) >= SPACING_S - 0.1
    assert hour.waiting.newest() == 99.0


def test_it_is_an_hour_and_no_more() -> None:
    hour = followed(2.0, MOST_POINTS + 300)
    assert MOST_POINTS - 1 <= len(hour) <= MOST_POINTS
    oldest, newest = hour.at_s.values()[0], hour.at_s.newest()
    assert oldest is not None
    assert newest is not None
    assert newest - oldest <= SPAN_S
    slow = followed(60.0, 100)
    assert len(slow) == 61


def test_the_hour_that_was_stays_as_it_was() -> None:
    first = extend(Hour(), seen())
    before = replace(first)
    extend(first, seen(2.0))
    assert first == before

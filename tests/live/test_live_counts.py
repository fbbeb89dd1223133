"""Counts and rates of a real Ollama, against the true times of its clients' requests."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
import world
from live_ollama import PROMPT, VARIED, Shown, version, watching

pytestmark = pytest.mark.real_ollama

MODES = {"streamed": [True] * 6, "unstreamed": [False] * 6, "mixed": [True, False] * 3}
REQUEST: dict[str, Any] = {"prompt": PROMPT, "tokens": 100, "options": VARIED}
PARALLEL = 2
TELLS_SLOTS = (0, 30)  # the first release whose runners do


@pytest.mark.parametrize("mode", MODES)
async def test_every_look_is_exact(
    mode: str, server: world.Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two are served, four wait, and five clients keep their connections without asking."""
    async with world.crowd(server, MODES[mode], idle=5, **REQUEST) as crowd, watching(server, 1) as watch:
        timelines = await crowd.ask()
        shown = [*watch.shown]
    settled = [each for each in shown if world.is_settled(timelines, each.at_s)]
    under_way = [each for each in settled if outstanding(timelines, each)]
    wrong = [
        (each.counts, world.truth_at(timelines, each.at_s))
        for each in settled
        if not is_right(timelines, each)
    ]
    seen = Counter(each.counts for each in under_way)
    with capsys.disabled():
        print(f"\n{mode}: {len(shown)} looks, {len(under_way)} with requests {dict(seen)}, wrong {wrong}")
    assert wrong == []
    assert seen[2, 4] >= 1
    assert all(each.document["queue"]["precision"] == "exact" for each in under_way)
    assert {each.models[0]["parallel"] for each in under_way} == {PARALLEL}
    assert {len(each.models) for each in under_way} == {1}
    assert all(each.models[0]["waiting"] == each.counts[1] for each in under_way)
    assert {request["client_pid"] for each in under_way for request in each.document["requests"]} == {
        crowd.pid
    }


async def test_the_rate_of_a_slot_is_ollamas_own(
    server: world.Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """Weighed by time, over a request of some seconds, within 5 %."""
    if version(server) < TELLS_SLOTS:
        pytest.skip("the runners of this release tell no slots")
    async with (
        watching(server, 1) as watch,
        world.crowd(server, [True], **REQUEST | {"tokens": 500}) as crowd,
    ):
        (timeline,) = await crowd.ask()
        shown = [*watch.shown]
    rates = [(now.at_s - last.at_s, rate) for last, now in pairwise(shown) if (rate := rate_of(now))]
    seconds = sum(each for each, _ in rates)
    average = sum(each * rate for each, rate in rates) / seconds
    with capsys.disabled():
        print(f"\n{len(rates)} looks: {average:.1f} tokens/s shown, {timeline.tokens_per_s:.1f} by Ollama")
    assert len(rates) >= 3
    assert average == pytest.approx(timeline.tokens_per_s, rel=0.05)


def outstanding(timelines: list[world.Timeline], shown: Shown) -> int:
    truth = world.truth_at(timelines, shown.at_s)
    return truth.running + truth.waiting


def is_right(timelines: list[world.Timeline], shown: Shown) -> bool:
    """Exact; a request on its way from the queue to its first work is in service or not yet."""
    running, waiting = shown.counts
    if running is None or waiting is None:
        return False
    total, served = outstanding(timelines, shown), world.truth_at(timelines, shown.at_s).running
    return running + waiting == total and served <= running <= min(total, PARALLEL)


def rate_of(shown: Shown) -> float | None:
    """The rate of the slot that writes."""
    rates = [each["tokens_per_s"] for each in shown.document["slots"] if each["state"] == "decode"]
    return rates[0] if rates else None

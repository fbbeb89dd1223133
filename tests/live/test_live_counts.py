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
TRANSITION_S = 0.12  # two clocks may differ over what came or went so shortly ago
TELLS_SLOTS = (0, 30)  # the first release whose runners do


@pytest.mark.parametrize("mode", MODES)
async def test_every_look_is_exact(
    mode: str, server: world.Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two are served, four wait, and five clients keep their connections without asking."""
    async with world.crowd(server, MODES[mode], idle=5, **REQUEST) as crowd, watching(server, 1) as watch:
        timelines = await crowd.ask()
        shown = [*watch.shown]
    settled = [each for each in shown if is_settled(timelines, each.at_s)]
    under_way = [each for each in settled if sum(truth(timelines, each.at_s))]
    wrong = [each for each in settled if not is_right(timelines, each)]
    seen = Counter(each.counts for each in under_way)
    with capsys.disabled():
        told = [(each.counts, truth(timelines, each.at_s)) for each in wrong]
        print(f"\n{mode}: {len(shown)} looks, {len(under_way)} with requests {dict(seen)}, wrong {told}")
    if version(server) < TELLS_SLOTS:
        wrong = [each for each in wrong if not is_silence(timelines, each)]
    assert wrong == []
    assert any(running == PARALLEL and waiting for running, waiting in seen), "both are to be seen"
    assert all(each.document["queue"]["precision"] == "exact" for each in under_way)
    served = [each for each in under_way if each.counts[0]]
    assert {each.models[0]["parallel"] for each in served} == {PARALLEL}
    assert {len(each.models) for each in served} == {1}
    assert all(each.models[0]["waiting"] == each.counts[1] for each in served)
    assert {request["client_pid"] for each in served for request in each.document["requests"]} == {crowd.pid}


@pytest.mark.parametrize("is_streamed", [True, False])
async def test_a_chat_that_goes_on_is_running_each_time(
    is_streamed: bool, server: world.Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its client keeps the connection, and asks again some looks after its last answer."""
    async with (
        watching(server, 0.7) as watch,
        world.crowd(server, [is_streamed], rounds=4, rest_s=3.0, **REQUEST | {"tokens": 250}) as crowd,
    ):
        timelines = await crowd.ask()
        shown = [each for each in watch.shown if is_settled(timelines, each.at_s)]
    again = [each for each in shown if each.at_s > timelines[1].sent_s and sum(truth(timelines, each.at_s))]
    states = Counter(request["state"] for each in again for request in each.document["requests"])
    with capsys.disabled():
        print(f"\n{len(again)} looks at a chat that goes on: {dict(states)}")
    assert len(again) >= 3
    assert set(states) == {"running"}


async def test_the_rate_of_a_slot_is_ollamas_own(
    server: world.Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """Weighed by time, over a request of some seconds, within 5 %."""
    if version(server) < TELLS_SLOTS:
        pytest.skip("the runners of this release tell no slots")
    timeline, shown = await asked_until_told(server)
    rates = [(now.at_s - last.at_s, rate) for last, now in pairwise(shown) if (rate := rate_of(now))]
    seconds = sum(each for each, _ in rates)
    average = sum(each * rate for each, rate in rates) / seconds
    with capsys.disabled():
        print(f"\n{len(rates)} looks: {average:.1f} tokens/s shown, {timeline.tokens_per_s:.1f} by Ollama")
    assert len(rates) >= 3
    assert average == pytest.approx(timeline.tokens_per_s, rel=0.05)


async def asked_until_told(server: world.Server) -> tuple[world.Timeline, list[Shown]]:
    """One long request with Ollama's statistics; an answer that repeats itself is broken off without any."""
    for _ in range(5):
        async with (
            watching(server, 1) as watch,
            world.crowd(server, [True], **REQUEST | {"tokens": 500}) as crowd,
        ):
            (timeline,) = await crowd.ask()
            shown = [*watch.shown]
        if timeline.final.get("eval_count", 0) > 300:
            return timeline, shown
    pytest.skip("each of five answers was broken off")


def served_s(timeline: world.Timeline) -> float:
    """When its first work began, by the server's own account; what was none is not told."""
    assert timeline.end_s is not None
    work_ns = sum(timeline.final.get(name, 0) for name in ("prompt_eval_duration", "eval_duration"))
    return timeline.end_s - work_ns / 1e9


def truth(timelines: list[world.Timeline], at_s: float) -> tuple[int, int]:
    """How many were at work, and how many were not yet."""
    under_way = [each for each in timelines if each.sent_s <= at_s < (each.end_s or 0)]
    at_work = sum(served_s(each) <= at_s for each in under_way)
    return at_work, len(under_way) - at_work


def is_settled(timelines: list[world.Timeline], at_s: float) -> bool:
    turns = [turn for each in timelines for turn in (each.sent_s, served_s(each), each.end_s or 0)]
    return all(abs(turn - at_s) > TRANSITION_S for turn in turns)


def is_right(timelines: list[world.Timeline], shown: Shown) -> bool:
    """Exact; a request on its way from the queue to its first work is in service or not yet."""
    running, waiting = shown.counts
    if running is None or waiting is None:
        return False
    at_work, yet = truth(timelines, shown.at_s)
    return running + waiting == at_work + yet and at_work <= running <= min(at_work + yet, PARALLEL)


def is_silence(timelines: list[world.Timeline], shown: Shown) -> bool:
    """Whether nothing waited: a runner without slots that stalls then looks like one that has ended."""
    return sum(truth(timelines, shown.at_s)) <= PARALLEL and shown.counts[1] == 0


def rate_of(shown: Shown) -> float | None:
    """The rate of the slot that writes."""
    rates = [each["tokens_per_s"] for each in shown.document["slots"] if each["state"] == "decode"]
    return rates[0] if rates else None

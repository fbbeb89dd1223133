"""The pace of a runner by its connections, in a small world and on a recording of a real one."""

import engine_recordings as recordings
import pytest
from engine_samples import connection
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.engine.rhythm import sight, tokens_per_s
from ollama_top.ollama.slots import parse_slots
from ollama_top.sources.inet_diag import Socket


def replying(segments: int, said_ms: int, number: int = 1, **changes: int) -> Socket:
    return connection(number, asked_ms=5000, said_ms=said_ms, sent_segments=segments, **changes)


@given(st.integers(1, 500), st.floats(1, 300))
def test_a_reply_seen_twice_has_the_rate_of_its_tokens(tokens: int, rate: float) -> None:
    """Whenever the two looks were: what counts is when the newest token went."""
    seconds = tokens / rate
    first, then = sight(10.0, [replying(2, 40)]), sight(10.0 + seconds, [replying(2 + tokens, 40)])
    assert tokens_per_s([first, then]) == pytest.approx(rate)
    late = sight(10.2 + seconds, [replying(2 + tokens, 240)])
    assert tokens_per_s([first, late]) == pytest.approx(rate)


def test_a_reply_that_has_not_begun_another_one_and_one_that_stands_still_tell_nothing() -> None:
    first = sight(10.0, [replying(2, 0)])
    assert sight(10.0, [replying(1, 0)]) == {}
    for then in (
        [],
        [replying(30, 0, number=2)],
        [replying(30, 0, received_bytes=900)],
        [replying(2, 1000)],
    ):
        assert tokens_per_s([first, sight(11.0, then)]) is None
    assert tokens_per_s([]) is None


def test_several_replies_tell_their_mean() -> None:
    first = sight(10.0, [replying(2, 0), replying(2, 0, number=2)])
    then = sight(11.0, [replying(12, 0), replying(32, 0, number=2)])
    assert tokens_per_s([first, then]) == 20


@pytest.mark.parametrize("mode", ["stream", "none", "mixed"])
def test_the_segments_of_a_real_runner_are_the_tokens_of_its_slots(mode: str) -> None:
    """Over every second of one request in the recordings of a real 0.33."""
    recording = recordings.load("0.33.0", f"traffic-6-parallel2-{mode}-loaded.jsonl.gz")
    compared = 0
    for before, now in zip(recording.moments, recording.moments[4:], strict=False):
        told = [written(each.slots) for each in (before, now)]
        if told[0].keys() != told[1].keys() or len(told[0]) != 2:
            continue
        tokens = sum(told[1].values()) - sum(told[0].values())
        calls = [[each for found in moment.to_runners.values() for each in found] for moment in (before, now)]
        segments = [sum(each.sent_segments for each in found) for found in calls]
        assert abs(segments[1] - segments[0] - tokens) <= 4, "what was written between the two questions"
        compared += 1
    assert compared > 20


def written(slots: dict[int, bytes | None]) -> dict[int | None, int]:
    """Tokens by request."""
    found = [each for body in slots.values() if body for each in parse_slots(body)]
    return {each.task: each.decoded_tokens for each in found if each.state == "decode"}

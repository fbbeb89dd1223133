"""What a burst measured: numbers, the sentence, the exit code."""

from dataclasses import replace
from typing import Any

import found
import frames
import pytest
from bursts import MODEL, burst, course, recorded, spec, waves
from captured import NEWEST

from ollama_top.burst import verdict
from ollama_top.burst.analysis import Measured, analyse
from ollama_top.burst.course import Course
from ollama_top.model.burst import BurstOutcome
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.setting import SettingStatus

N = "OLLAMA_NUM_PARALLEL"


def server(configured: str | None, running: str | None, **changes: Any) -> Frame:
    """A server with a number configured, and one that it was started with."""
    said: dict[str, Any] = {"configured": configured} if configured else {}
    setting = frames.setting(N, running, **said) if running else frames.setting(N, **said)
    return frames.frame(settings=(replace(setting, **changes),))


def test_as_configured_is_as_it_should_be() -> None:
    seen = burst(recorded(NEWEST, "burst-6-parallel2"), server("2", "2"))
    assert verdict.code(seen) == 0
    assert seen.measured_parallel == Known(2, Source.BURST)
    assert seen.verdict.endswith("2 measured: as it should be.")
    assert seen.answered == seen.requested == 6
    assert isinstance(seen.tokens_per_s.together, Known)
    assert seen.tokens_per_s.together.value == pytest.approx(360 / 7.41, rel=0.02)


def test_by_default_one_is_served_and_that_is_no_fault() -> None:
    seen = burst(recorded(NEWEST, "burst-4-unset"), server(None, None))
    assert verdict.code(seen) == 0
    assert isinstance(seen.configured_parallel, Missing)
    assert seen.configured_parallel.why is Why.ABSENT
    assert seen.effective_parallel == Known(1, Source.PREDICTED)
    assert seen.verdict.startswith("Not configured, 1 measured: as Ollama does by default")


def test_less_than_configured_has_the_doctors_reason() -> None:
    waits = found.finding(
        "edited-not-restarted",
        title=f"{N}=4 is configured, and the server still runs as it was started before",
        cause="systemd has read the files, but the server was not restarted since.",
    )
    before = server("4", None)
    after = replace(before, findings=(found.finding(title="something else"), waits))
    seen = analyse(spec(4), Measured(frames.NOW, None, waves(1, 4)), before, after)
    assert verdict.code(seen) == 1
    assert "4 configured" in seen.verdict
    assert "1 measured: OLLAMA_NUM_PARALLEL=4 is configured, and the server still runs" in seen.verdict
    assert "something else" not in seen.verdict


def test_what_is_set_in_the_shell_alone_was_meant_to_hold() -> None:
    shell = Known("4", Source.PROCESSES)
    frame = server(None, None, shell=shell, status=SettingStatus.SHELL_ONLY)
    seen = burst(waves(1, 8), frame)
    assert verdict.code(seen) == 1
    assert seen.configured_in == "your shell"
    assert seen.effective_parallel == Known(1, Source.PREDICTED)


@pytest.mark.parametrize("text", ["four", "4.0", "-1", " 'four' "])
def test_what_is_no_number_is_told_as_configured(text: str) -> None:
    reads = found.finding("invalid-value", title=f"{N}={text} does not mean what it seems to", subject=N)
    frame = replace(server(text, text), findings=(reads,))
    seen = burst(waves(1, 4), frame)
    word = text.strip(" '")
    assert verdict.code(seen) == 1
    assert seen.configured_in is not None
    said = f"Configured in {seen.configured_in} as '{word}', which Ollama takes for its default"
    assert seen.verdict.startswith(f"{said}, 1 measured: {N}={text} does not mean what it seems to.")


def test_an_empty_value_sets_nothing() -> None:
    assert burst(waves(1, 4), server("", "")).verdict.startswith("Not configured, 1 measured: as Ollama does")


def test_where_what_is_configured_cannot_be_read_no_default_is_claimed_and_no_shell_counts() -> None:
    denied = Missing(Why.DENIED, "/etc/ollama.env may set it: permission denied")
    shell = Known("4", Source.PROCESSES)
    frame = frames.frame(settings=(frames.setting(N, configured=denied, shell=shell),))
    seen = burst(waves(1, 4), frame)
    assert seen.configured_parallel == denied
    assert seen.verdict == "What is configured is not known, 1 measured: as holds for the running server."


def test_a_model_that_is_held_at_one_says_why() -> None:
    seen = burst(waves(1, 4), server("2", "2"), held_at_one="Ollama holds the family qwen35 at one")
    assert verdict.code(seen) == 1
    assert seen.effective_parallel == Known(1, Source.PREDICTED)
    assert "served one at a time whatever is set: Ollama holds the family qwen35 at one." in seen.verdict


def test_what_a_runner_tells_goes_before_the_settings() -> None:
    model = frames.model(MODEL, parallel=Known(3, Source.ARGV))
    seen = burst(waves(3, 6), frames.frame(models=(model,), settings=server(None, None).snapshot.settings))
    assert seen.effective_parallel == Known(3, Source.ARGV)
    assert verdict.code(seen) == 0


def test_too_few_to_tell_is_not_measured() -> None:
    seen = burst(waves(4, 2), server("4", "4"))
    assert (verdict.code(seen), seen.measured_is_least) == (2, True)
    assert "at least 2 measured: no request had to wait" in seen.verdict
    alone = burst(waves(1, 1), server("1", "1"))
    assert verdict.code(alone) == 2
    assert "one request does not tell" in alone.verdict


def test_more_than_half_must_be_answered() -> None:
    refused = [
        Course(at, 0.0, None, 0.1, 503, outcome=BurstOutcome.BUSY, problem="server busy") for at in (1, 2, 3)
    ]
    seen = burst((*refused, course(4, 0, 1)), server("2", "2"))
    assert verdict.code(seen) == 2
    assert seen.verdict == "Could not be measured: 1 of 4 were answered (3 busy: server busy)."
    told = burst((refused[0], *waves(1, 5)), server("1", "1"))
    assert verdict.code(told) == 0
    assert told.notes == ("Not answered: 1 busy (server busy).",)


def test_where_the_request_alone_fails_it_says_that_no_other_was_sent() -> None:
    alone = Course(0, 0.0, None, 0.1, 503, outcome=BurstOutcome.BUSY, problem="server busy")
    seen = analyse(spec(4), Measured(frames.NOW, alone, (alone,)), server("2", "2"), server("2", "2"))
    assert "sent alone first was not answered (1 busy: server busy), so no other was sent" in seen.verdict


def test_an_answer_without_statistics_is_counted_and_told() -> None:
    without = course(5, 4, 5, statistics=None, outcome=BurstOutcome.NO_STATISTICS)
    seen = burst((*waves(1, 4), without), server("1", "1"))
    assert (seen.answered, verdict.code(seen)) == (5, 0)
    assert "1 ended without statistics" in seen.notes[0]


def test_the_gain_is_against_one_alone() -> None:
    alone = course(0, 0.0, 1.0)
    seen = burst(waves(2, 4), server("2", "2"), alone)
    assert isinstance(seen.scaling, Known)
    assert seen.scaling.value == pytest.approx(2.0, rel=0.01)


def test_times_are_from_the_first_sending() -> None:
    moved = tuple(
        replace(each, sent_s=100.0, first_s=100 + (each.first_s or 0), end_s=100 + (each.end_s or 0))
        for each in waves(1, 2)
    )
    seen = burst(moved, server("1", "1"))
    assert [each.queue_s.value for each in seen.requests if isinstance(each.queue_s, Known)] == [
        pytest.approx(0.0, abs=0.01),
        pytest.approx(1.0, abs=0.01),
    ]
    assert [each.ttft_s for each in burst(waves(1, 2)).requests] == [
        Known(pytest.approx(each), Source.BURST) for each in (0.1, 1.1)
    ]
    assert seen.requests[1].end_s == Known(pytest.approx(2.0), Source.BURST)


def test_others_on_the_server_are_noted() -> None:
    busy = frames.frame(queue=frames.queue(2, 1))
    assert burst(waves(1, 2), busy).is_disturbed
    assert not burst(waves(1, 2), replace(busy, snapshot=replace(busy.snapshot, demo=True))).is_disturbed

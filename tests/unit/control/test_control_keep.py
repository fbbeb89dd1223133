"""Keeping a model: what is asked for, when it shows, and whether the runner is still the same."""

from datetime import timedelta
from typing import Any

import frames
import pytest
import troubles
from control_doings import later, taken

from ollama_top.control.follow import outcome
from ollama_top.control.keep import KEEP, PRESETS, plan
from ollama_top.model.action import Keep
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.verdict import Severity

FOREVER = Keep("gemma3:270m", None, 4096)
AN_HOUR = Keep("gemma3:270m", 3600.0, 4096)
BEFORE = frames.frame(models=(frames.model(),))


def kept(left: timedelta, **changes: Any) -> Frame:
    expires_at = Known(frames.NOW + left, Source.API)
    return frames.frame(models=(frames.model(expires_at=expires_at, **changes),))


def test_the_context_of_the_load_goes_with_it() -> None:
    preset = next(each for each in PRESETS if each.keep_s is None)
    found = plan("gemma3:270m", frames.model(), preset)
    assert found.action == FOREVER
    assert found.question == "Keep gemma3:270m for ever?"
    assert "Its context (4k) is sent along" in found.costs[1]


def test_where_the_context_is_not_known_the_danger_is_said() -> None:
    found = plan("gemma3:270m", frames.model(context_tokens=frames.UNTOLD), PRESETS[0])
    assert found.action == Keep("gemma3:270m", 300.0, None)
    assert "loads it anew" in found.costs[1]


@pytest.mark.parametrize(
    ("action", "left"),
    [(FOREVER, timedelta(days=365 * 292)), (AN_HOUR, timedelta(hours=1)), (AN_HOUR, timedelta(seconds=3558))],
)
def test_the_new_time_shows_that_it_is_kept_and_the_pid_that_it_is_the_same(
    action: Keep, left: timedelta
) -> None:
    found = outcome(taken(action, BEFORE), kept(left))
    assert found is not None
    assert found.severity is Severity.OK
    assert "its runner is the same (pid 2001)" in found.text


def test_a_model_that_was_loaded_anew_is_said_to_be() -> None:
    found = outcome(
        taken(FOREVER, BEFORE), kept(timedelta(days=100_000), runner_pid=Known(77, Source.PROCESSES))
    )
    assert found is not None
    assert found.severity is Severity.WARNING
    assert "loaded anew for it: its runner was 2001, and is 77" in found.text


def test_without_pids_nothing_is_claimed_of_the_runner() -> None:
    found = outcome(taken(FOREVER, BEFORE), kept(timedelta(days=100_000), runner_pid=frames.NOT_LOCAL))
    assert found is not None
    assert found.text == "gemma3:270m is kept for ever."


def test_the_old_time_another_time_and_a_server_that_is_silent_show_nothing() -> None:
    assert outcome(taken(FOREVER, BEFORE), BEFORE) is None
    assert outcome(taken(AN_HOUR, BEFORE), kept(timedelta(hours=2))) is None
    assert outcome(taken(FOREVER, BEFORE), frames.frame()) is None
    assert outcome(taken(FOREVER, BEFORE), troubles.unreachable()) is None
    untold = frames.frame(models=(frames.model(expires_at=Missing(Why.UNSUPPORTED, "not told")),))
    assert outcome(taken(FOREVER, BEFORE), untold) is None


def test_a_time_that_happens_to_fit_is_no_proof_before_it_is_set_anew() -> None:
    before = kept(timedelta(hours=1))
    assert outcome(taken(AN_HOUR, before), before) is None


def test_a_busy_model_tells_the_new_time_late_and_that_is_said() -> None:
    found = outcome(taken(FOREVER, BEFORE), later(BEFORE, KEEP.limit_s + 1))
    assert found is not None
    assert "when it is idle" in found.text

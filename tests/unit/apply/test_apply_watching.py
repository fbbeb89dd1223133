"""Whether a restart has held: each transition that a real systemd showed, and what is waited for."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from math import inf

import pytest

from ollama_top.apply import watching
from ollama_top.apply.watching import NotWellError, restart_limit_s, watch, with_words
from ollama_top.services.systemd.bus import UnitRun

WELL = UnitRun(
    active_state="active",
    sub_state="running",
    result="success",
    main_pid=83,
    restarts=0,
    invocation_id="a1",
    restart_delay_s=3.0,
    stop_limit_s=90.0,
)
AT_ONCE = replace(WELL, main_pid=0, active_state="activating", sub_state="auto-restart", result="exit-code")


@pytest.mark.parametrize(
    ("first", "now", "problem"),
    [
        (WELL, WELL, None),
        (replace(WELL, main_pid=0, active_state="activating", sub_state="start"), WELL, None),
        (replace(WELL, restarts=4), replace(WELL, restarts=4), None),
        (WELL, replace(WELL, active_state="activating", sub_state="start"), None),
        (WELL, AT_ONCE, "is about to start it anew"),
        (AT_ONCE, AT_ONCE, "is about to start it anew"),
        (WELL, replace(AT_ONCE, sub_state="auto-restart-queued"), "is about to start it anew"),
        (WELL, replace(WELL, restarts=1, invocation_id="a2", main_pid=90), "has started it anew (1 times)"),
        (
            WELL,
            replace(WELL, active_state="failed", sub_state="failed", result="start-limit-hit"),
            "given up",
        ),
        (WELL, replace(WELL, result="oom-kill"), "says of its last run: oom-kill"),
        (WELL, replace(WELL, invocation_id="a2", main_pid=90), "by somebody else"),
        (WELL, replace(WELL, main_pid=90), "by somebody else"),
        (WELL, replace(WELL, active_state="deactivating", sub_state="stop-sigterm"), "it is deactivating"),
        (
            WELL,
            replace(WELL, active_state="inactive", sub_state="dead", main_pid=0, invocation_id=""),
            "else",
        ),
    ],
)
def test_what_speaks_against_a_run(first: UnitRun, now: UnitRun, problem: str | None) -> None:
    found = watching._problem(first, now)
    assert (found is None) if problem is None else (found is not None and problem in found)


class Clock:
    """Time that passes when somebody waits, and what is to be seen by then."""

    def __init__(
        self, run: Callable[[float], UnitRun | None], answers_from_s: float, patch: pytest.MonkeyPatch
    ) -> None:
        self.now_s = 0.0
        self.answers_from_s = answers_from_s
        patch.setattr(watching, "read_run", lambda *_, **__: run(self.now_s))
        patch.setattr(watching, "last_words", lambda *_, **__: "Error: no such address")
        patch.setattr(watching, "answers", self.answers)
        patch.setattr(watching.time, "monotonic", lambda: self.now_s)
        patch.setattr(watching.asyncio, "sleep", self.sleep)

    async def answers(self, _: str) -> bool:
        return self.now_s >= self.answers_from_s

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        assert self.now_s < 600, "it is waited without end"


def seen(clock: Clock) -> tuple[int, float]:
    pid = asyncio.run(watch("ollama.service", "http://x", user=False))
    return pid, round(clock.now_s, 1)


@pytest.mark.parametrize(
    ("delay_s", "answers_s", "held_s"),
    [(3.0, 0.0, 5.0), (0.1, 0.0, 2.2), (3.0, 20.0, 22.0), (300.0, 0.0, 32.0), (inf, 0.0, 32.0)],
)
def test_it_is_watched_until_it_would_have_been_started_anew(
    delay_s: float, answers_s: float, held_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = replace(WELL, restart_delay_s=delay_s)
    clock = Clock(lambda _: run, answers_s, monkeypatch)
    pid, now_s = seen(clock)
    assert pid == 83
    assert now_s == pytest.approx(held_s, abs=0.5)


def test_a_server_that_never_answers_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(lambda _: WELL, inf, monkeypatch)
    with pytest.raises(NotWellError, match="nothing answers at http://x 60 s after"):
        seen(clock)


def test_one_that_crashes_late_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(lambda now_s: WELL if now_s < 4 else AT_ONCE, 0.0, monkeypatch)
    with pytest.raises(NotWellError, match="anew; it said: Error: no such address"):
        seen(clock)


def test_a_systemd_that_is_silent_for_a_while_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(lambda now_s: None if now_s < 8 or 9 < now_s < 10 else WELL, 0.0, monkeypatch)
    assert seen(clock)[0] == 83


def test_one_that_stays_silent_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(lambda _: None, 0.0, monkeypatch)
    with pytest.raises(NotWellError, match="does not tell how ollama"):
        seen(clock)


def test_one_that_answers_and_never_runs_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = replace(WELL, active_state="activating", sub_state="start")
    clock = Clock(lambda _: late, 0.0, monkeypatch)
    with pytest.raises(NotWellError, match=r"activating \(start\), and not running, 70 s after"):
        seen(clock)


def test_a_systemd_that_falls_silent_for_good_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(lambda now_s: WELL if now_s < 1 else None, 0.0, monkeypatch)
    with pytest.raises(NotWellError, match="does not tell how ollama"):
        seen(clock)


@pytest.mark.parametrize(
    ("run", "limit_s"),
    [
        (None, 150.0),
        (WELL, 150.0),
        (replace(WELL, stop_limit_s=600.0), 660.0),
        (replace(WELL, stop_limit_s=inf), 150.0),
    ],
)
def test_a_restart_may_take_as_long_as_the_unit_may_take_to_stop(
    run: UnitRun | None, limit_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "read_run", lambda *_, **__: run)
    assert asyncio.run(restart_limit_s("ollama.service", user=False)) == limit_s


def test_its_own_words_are_added() -> None:
    assert (with_words("it ended", None), with_words("it ended", "Error: x")) == (
        "it ended",
        "it ended; it said: Error: x",
    )

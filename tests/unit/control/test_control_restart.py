"""Ending a runner: what it drops, and that only the processes prove it."""

from dataclasses import replace

import frames
import scenes
from control_doings import later, taken

from ollama_top.control.follow import can_end, outcome, said
from ollama_top.control.restart import RESTART, plan
from ollama_top.model.action import Restart
from ollama_top.model.light import LightState
from ollama_top.model.loaded import ModelState
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.verdict import Severity

BUSY = scenes.busy()
ACTION = Restart("gemma3:270m", 2001, frames.NOW)
NO_PID = Missing(Why.PENDING, "no runner is known to hold its weights")


def test_it_says_which_process_and_who_loses_what() -> None:
    found = plan(BUSY.snapshot.models[0], 2001, BUSY, was_asked=False)
    said = " ".join(found.costs)
    assert found.action == ACTION
    assert "pid 2001" in said
    assert "2 in service: lost, with an error." in said
    assert "4 waiting for it: lost too" in said
    assert "prompt cache is lost" in said


def test_a_runner_whose_model_has_no_name_goes_by_its_process() -> None:
    assert "the runner 2001" in plan(frames.model(NO_PID), 2001, BUSY, was_asked=False).question


def test_one_that_was_asked_before_is_killed() -> None:
    found = plan(BUSY.snapshot.models[0], 2001, BUSY, was_asked=True)
    assert found.action == replace(ACTION, by_force=True)
    assert found.question == "Kill the runner of gemma3:270m?"
    assert "SIGKILL" in found.costs[0]
    assert "was killed" in said(taken(found.action, BUSY), BUSY)


def test_a_load_that_is_ended_fails() -> None:
    costs = plan(frames.model(state=ModelState.LOADING), 2001, BUSY, was_asked=False).costs
    assert "the load fails" in costs[2]


def test_a_model_whose_runner_is_gone_shows_it() -> None:
    gone = frames.frame(models=(frames.model(state=ModelState.GONE, runner_pid=NO_PID),))
    found = outcome(taken(ACTION, BUSY), gone)
    assert found is not None
    assert found.severity is Severity.OK
    assert "has ended; the next request loads the model again" in found.text


def test_another_runner_shows_it_too() -> None:
    anew = frames.frame(models=(frames.model(runner_pid=Known(2005, Source.PROCESSES)),))
    found = outcome(taken(ACTION, BUSY), anew)
    assert found is not None
    assert "another is at work (pid 2005)" in found.text


def test_nothing_is_proved_while_it_is_there_or_the_processes_cannot_be_seen() -> None:
    assert outcome(taken(ACTION, BUSY), BUSY) is None
    stale = frames.lights(processes=frames.light("processes", LightState.FAILED, 9.0, "no"))
    assert outcome(taken(ACTION, BUSY), frames.frame(sources=stale)) is None
    assert outcome(taken(ACTION, BUSY), frames.frame(server=frames.server(pid=frames.NOT_LOCAL))) is None


def test_one_that_does_not_end_is_told_of_with_what_helps() -> None:
    doing = taken(ACTION, BUSY)
    assert "X again kills it" in said(doing, BUSY)
    assert not can_end(doing)
    found = outcome(doing, later(BUSY, RESTART.limit_s + 1))
    assert found is not None
    assert "X, and X again, kill it" in found.text

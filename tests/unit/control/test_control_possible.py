"""Why an action is not possible, in words."""

import frames
import pytest
import scenes
import troubles

from ollama_top.control import possible
from ollama_top.control.sight import NO_MODEL, model_of
from ollama_top.model.loaded import ModelState
from ollama_top.model.reading import Known, Missing, Source, Why

BUSY = scenes.busy()
MODEL = BUSY.snapshot.models[0]
LOADING = frames.model(state=ModelState.LOADING)
NAMELESS = frames.model(Missing(Why.PENDING, "not yet"))
LOST = troubles.unreachable()


@pytest.mark.parametrize("ask", [possible.unload, possible.keep])
def test_what_is_asked_of_a_model_needs_a_model_and_a_server_that_answers(ask: object) -> None:
    assert callable(ask)
    assert ask(MODEL, BUSY) is None
    assert ask(MODEL, None) == possible.NOTHING_SEEN
    assert ask(MODEL, LOST) == possible.NO_ANSWER
    assert ask(None, BUSY) == NO_MODEL
    assert ask(NAMELESS, BUSY) == possible.NO_NAME
    assert "still being loaded" in ask(LOADING, BUSY)


def test_a_model_whose_runner_has_died_cannot_be_kept_but_unloaded() -> None:
    gone = frames.model(state=ModelState.GONE)
    assert "has died" in (possible.keep(gone, BUSY) or "")
    assert possible.unload(gone, BUSY) is None


def test_to_load_and_to_pull_need_a_server_that_answers() -> None:
    assert possible.of_server(BUSY) is None
    assert possible.of_server(None) == possible.NOTHING_SEEN
    assert possible.of_server(LOST) == possible.NO_ANSWER


@pytest.mark.parametrize(("user", "may"), [("ollama", True), ("root", True), ("mary", False)])
def test_a_runner_is_ended_only_by_its_user_or_root(user: str, may: bool) -> None:
    reason = possible.restart(MODEL, BUSY, user)
    assert (reason is None) is may
    if reason is not None:
        assert "runs as user ollama" in reason


def test_why_a_runner_cannot_be_ended_is_said() -> None:
    assert possible.restart(MODEL, None, "root") == possible.NOTHING_SEEN
    assert possible.restart(None, BUSY, "root") == NO_MODEL
    elsewhere = frames.model(runner_pid=frames.NOT_LOCAL)
    assert "another machine" in (possible.restart(elsewhere, BUSY, "root") or "")
    hidden = frames.frame(server=frames.server(user=frames.DENIED))
    assert "cannot be told" in (possible.restart(MODEL, hidden, "mary") or "")
    assert possible.restart(MODEL, frames.frame(demo=True), "mary") is None


def test_the_model_of_any_row_is_found_in_the_newest_frame() -> None:
    first, second = BUSY.snapshot.models
    assert model_of(first, BUSY) is first
    assert model_of(BUSY.snapshot.slots[-1], BUSY) is second
    assert model_of(BUSY.snapshot.requests[0], BUSY) is first
    assert model_of(BUSY.snapshot.gpus[0], BUSY) is None
    assert model_of(first, frames.frame()) is None


def test_a_model_without_a_name_is_known_by_its_runner_and_nothing_else() -> None:
    loading = frames.model(NAMELESS.name, runner_pid=Known(2009, Source.PROCESSES))
    frame = frames.frame(models=(frames.model(), loading))
    assert model_of(loading, frame) is loading
    bare = frames.model(NAMELESS.name, runner_pid=frames.DENIED)
    assert model_of(bare, frames.frame(models=(bare,))) is None
    assert model_of(frames.request(1, model=NAMELESS.name), frame) is None

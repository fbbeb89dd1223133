"""Which actions a row allows: all are named, and why one is not possible."""

from dataclasses import replace

import frames
import scenes
import troubles

from ollama_top.control.deed import Doing
from ollama_top.model.action import Pull
from ollama_top.model.frame import Frame
from ollama_top.tui.offers import NO_ROW, offers
from ollama_top.tui.view import View

BUSY = scenes.busy()
VIEW = View(BUSY, "http://127.0.0.1:11434", 2.0)
KEYS = ["F9 u", "L", "K", "P", "X", "x", "y", "Y"]


def reasons(row: object | None, frame: Frame | None, view: View = VIEW, user: str = "mary") -> dict[str, str]:
    found = offers(row, frame, view, user)
    assert [each.key.shown for each in found] == KEYS
    return {each.key.shown: each.reason for each in found if each.reason is not None}


def test_everything_is_possible_for_a_model_that_is_ours() -> None:
    assert reasons(BUSY.snapshot.models[0], BUSY, user="ollama") == {}


def test_a_runner_of_another_user_is_left_to_that_user() -> None:
    found = reasons(BUSY.snapshot.requests[0], BUSY)
    assert list(found) == ["X"]
    assert "runs as user ollama" in found["X"]


def test_what_goes_on_for_us_can_be_ended_whoever_the_runner_belongs_to() -> None:
    view = replace(VIEW, doings=(Doing(1, Pull("x"), BUSY),))
    assert reasons(BUSY.snapshot.models[0], BUSY, view) == {}


def test_a_card_has_no_model_and_can_be_copied() -> None:
    assert list(reasons(BUSY.snapshot.gpus[0], BUSY)) == ["F9 u", "K", "X"]


def test_without_a_row_and_without_a_server_little_is_left() -> None:
    assert reasons(None, frames.frame())["y"] == NO_ROW
    assert list(reasons(None, troubles.unreachable())) == KEYS
    assert list(reasons(None, None)) == KEYS

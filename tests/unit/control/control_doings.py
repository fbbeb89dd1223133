"""Actions under way, for the tests of what Frames make of them."""

from dataclasses import replace
from datetime import timedelta

from ollama_top.control.deed import Doing
from ollama_top.model.action import Action
from ollama_top.model.frame import Frame


def asked(action: Action, before: Frame) -> Doing:
    """The server is being asked."""
    return Doing(1, action, before)


def taken(action: Action, before: Frame) -> Doing:
    """The server has agreed, at the moment of the Frame before."""
    return replace(asked(action, before), taken_at=before.snapshot.taken_at)


def later(frame: Frame, seconds: float) -> Frame:
    """The same state of things, seen later."""
    taken_at = frame.snapshot.taken_at + timedelta(seconds=seconds)
    return replace(frame, snapshot=replace(frame.snapshot, taken_at=taken_at))

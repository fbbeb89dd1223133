"""An action on its way: what the screen says of it, and what a new Frame makes of it."""

from collections.abc import Mapping
from typing import Any

from ollama_top.columns import formats
from ollama_top.control.deed import Deed, Doing, Outcome
from ollama_top.control.keep import KEEP
from ollama_top.control.load import LOAD
from ollama_top.control.proxy import START_PROXY, STOP_PROXY
from ollama_top.control.pull import PULL, RESUMED, told
from ollama_top.control.restart import RESTART
from ollama_top.control.unload import UNLOAD
from ollama_top.model.action import Action, Keep, Load, Pull, Restart, StartProxy, StopProxy, Unload
from ollama_top.model.frame import Frame
from ollama_top.model.verdict import Severity

DEEDS: Mapping[type[Any], Deed] = {
    Load: LOAD,
    Unload: UNLOAD,
    Keep: KEEP,
    Pull: PULL,
    Restart: RESTART,
    StartProxy: START_PROXY,
    StopProxy: STOP_PROXY,
}


def deed_of(action: Action) -> Deed:
    """The words and the proof of an action."""
    return DEEDS[type(action)]


def outcome(doing: Doing, frame: Frame) -> Outcome | None:
    """What a Frame shows to have come of an action; None while it goes on."""
    if doing.taken_at is None:
        return None
    deed = deed_of(doing.action)
    found = deed.seen(doing.action, doing.before, frame)
    if found is not None:
        return found
    since_s = (frame.snapshot.taken_at - doing.taken_at).total_seconds()
    return Outcome(Severity.WARNING, deed.unseen(doing.action)) if since_s > deed.limit_s else None


def said(doing: Doing, frame: Frame | None) -> str:
    """What is going on, for how long, and how far it is."""
    deed = deed_of(doing.action)
    text = deed.asking(doing.action) if doing.taken_at is None else deed.taken(doing.action)
    if doing.progress is not None and doing.taken_at is None:
        return f"{text}  {told(doing.progress)}"
    now = frame or doing.before
    age_s = (now.snapshot.taken_at - doing.before.snapshot.taken_at).total_seconds()
    return f"{text}, {formats.span(age_s)}" if age_s >= 1 else text


def can_end(doing: Doing) -> bool:
    """Whether closing our own connection ends it."""
    return doing.taken_at is None and deed_of(doing.action).can_end


def ending_costs(doing: Doing) -> tuple[str, ...]:
    """What it costs to end an action of ours that is under way."""
    if isinstance(doing.action, Pull):
        return ("The connection to the server is closed, and the download stops.", RESUMED)
    return (
        "The connection to the server is closed: Ollama breaks the load off.",
        "Requests for this model that wait for the same load begin it anew.",
    )


def ended(doing: Doing) -> Outcome:
    """What is said once an action of ours was ended by us."""
    asking = deed_of(doing.action).asking(doing.action)
    return Outcome(Severity.INFO, f"Ended: {asking}.")

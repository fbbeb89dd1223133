"""Whether a plan still fits what it was made for: the files and the run of the server that were shown."""

from pathlib import Path

from ollama_top.apply.hands import StepError, text_of
from ollama_top.apply.remains import is_same_start
from ollama_top.control.edits import digest
from ollama_top.control.sight import run_of
from ollama_top.model.frame import Frame
from ollama_top.model.plan import Plan, ServerRun


def why_stale(plan: Plan, frame: Frame, *, may_be_done: bool) -> str | None:
    """What has changed since a plan was made, in a sentence; None where it fits. Blocking.

    `may_be_done` is true of what takes a change back: some of it may have been done by hand before.
    Not to be asked of a change that was cut off: its files may stand anywhere between before and after.
    """
    if not _is_same(run_of(frame), plan.run):
        return "The server has been started or ended since this was shown."
    for each in plan.steps:
        if each.edit is None:
            continue
        try:
            now = digest(text_of(Path(each.edit.path)))
        except StepError as error:
            return f"{error}."
        fits = {each.edit.digest_before, *([each.edit.digest_after] if may_be_done else [])}
        if now not in fits:
            return f"{each.edit.path} has changed since this was shown."
    return None


def _is_same(one: ServerRun | None, other: ServerRun | None) -> bool:
    if one is None or other is None:
        return one is other
    starts = one.started_at.timestamp(), other.started_at.timestamp()
    return one.pid == other.pid and is_same_start(*starts)

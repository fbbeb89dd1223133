"""Whether a plan still fits what it was made for: the files and the run of the server that were shown."""

from pathlib import Path

from ollama_top.apply.hands import StepError, text_of
from ollama_top.control.edits import digest
from ollama_top.control.sight import run_of
from ollama_top.model.frame import Frame
from ollama_top.model.plan import Plan, ServerRun

CLOCK_SLACK_S = 1.0  # the kernel tells starts by a clock that may be set


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
    return one.pid == other.pid and abs((one.started_at - other.started_at).total_seconds()) < CLOCK_SLACK_S

"""Changes of before: taken back, or brought to an end where they were cut off."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ollama_top.apply.course import Course, Parts, Wishes
from ollama_top.apply.hands import StepError, text_of
from ollama_top.apply.journal import Journal
from ollama_top.control import disturbance
from ollama_top.control.edits import ChangedSinceError, is_done
from ollama_top.control.sight import run_of
from ollama_top.model.frame import Frame
from ollama_top.model.plan import RESTARTS, Plan, Step
from ollama_top.model.receipt import Entry, Outcome, Receipt, Way


class CannotUndoError(Exception):
    """A change cannot be taken back as it was made; the text says why."""


def undoing(entry: Entry, frame: Frame) -> Plan:
    """The plan that takes a kept change back; raises CannotUndoError."""
    _check(entry.plan.undo)
    return replace(_reversed(entry.plan), costs=disturbance.costs(frame), notes=(), run=run_of(frame))


def finishing(entry: Entry, way: Way, frame: Frame) -> Plan:
    """The plan that is left of a change that was cut off, to be shown: in one direction or the other."""
    plan = replace(
        entry.plan,
        costs=disturbance.costs(frame) if run_of(frame) else (),
        notes=(f"A change of {entry.began_at:%Y-%m-%d %H:%M}Z was cut off, and some of it is done already.",),
        run=run_of(frame),
    )
    return plan if way is Way.THERE else _reversed(plan)


async def undo(entry: Entry, plan: Plan, wishes: Wishes, parts: Parts) -> Receipt:
    """Take a kept change back; raises JournalError."""
    with parts.journal.alone(f"undo of {entry.name}"):
        course = Course(plan, wishes, parts, parts.journal.start(plan, undoes=entry.name))
        receipt = await course.there()
        if receipt.outcome is Outcome.KEPT:
            parts.journal.writer(entry).end(Outcome.UNDONE, f"{receipt.text} It was taken back.")
        return receipt


async def finish(entry: Entry, way: Way, parts: Parts) -> Receipt:
    """Bring a change to an end that was cut off, in one direction or the other; raises JournalError."""
    with parts.journal.alone(f"finishing {entry.name}"):
        course = Course(entry.plan, Wishes(), parts, parts.journal.writer(entry))
        course.restarted = has_restarted(entry)
        if way is Way.THERE:
            return await course.there()
        return await course.back("it was cut off, and is not wanted any more")


def may_go_on(entry: Entry) -> bool:
    """Whether a change that was cut off can still be brought to its end: it was not on its way back."""
    return all(each.way is Way.THERE for each in entry.begun)


def has_restarted(entry: Entry) -> bool:
    """Whether the server may have been ended before a change was cut off."""
    steps = {Way.THERE: entry.plan.steps, Way.BACK: entry.plan.undo}
    kinds = {steps[each.way][each.step].kind for each in entry.begun}
    return bool(kinds & RESTARTS)


def cut_off_words(entry: Entry) -> str:
    """What was cut off, and what to do about it, in a sentence."""
    how = "`ollama-top undo` takes it back"
    return f"a change of {entry.began_at:%Y-%m-%d %H:%M}Z was cut off: " + (
        f"`ollama-top set --finish` brings it to its end, {how}" if may_go_on(entry) else how
    )


def last(journal: Journal, url: str) -> Entry | None:
    """The change that `undo` is about: one that was cut off, else the last that is in force."""
    return journal.cut_off() or journal.last_kept(url)


def _reversed(plan: Plan) -> Plan:
    """The way back as a way there."""
    return replace(
        plan,
        url=plan.url_then,
        url_then=plan.url,
        changes=plan.was,
        was=plan.changes,
        steps=plan.undo,
        undo=plan.steps,
    )


def _check(steps: Sequence[Step]) -> None:
    """That the files are as the change left them."""
    for each in steps:
        if each.edit is not None:
            try:
                is_done(each.edit, text_of(Path(each.edit.path)))
            except (ChangedSinceError, StepError) as error:
                raise CannotUndoError(f"{error}: take it back by hand") from None

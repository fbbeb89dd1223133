"""Changes of before: taken back, or brought to an end where they were cut off."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ollama_top.apply.course import Course, Parts, Wishes
from ollama_top.apply.hands import StepError, text_of
from ollama_top.apply.journal import Journal, JournalError
from ollama_top.control import disturbance
from ollama_top.control.edits import ChangedSinceError, is_done
from ollama_top.control.sight import run_of
from ollama_top.model.frame import Frame
from ollama_top.model.plan import RESTARTS, Plan, Step, StepKind
from ollama_top.model.receipt import Entry, Outcome, Receipt, Way


class CannotUndoError(Exception):
    """A change cannot be taken back as it was made; the text says why."""


def undoing(entry: Entry, frame: Frame) -> Plan:
    """The plan that takes a kept change back; raises CannotUndoError."""
    is_seen = frame.snapshot.server.url == entry.plan.url_then
    if entry.plan.bare is not None and not is_seen:  # who serves here is another, and not to be ended
        where = entry.plan.url_then
        raise CannotUndoError(f"it is about the server at {where}: `ollama-top undo --host {where}`")
    _check(entry.plan.undo)
    run = run_of(frame) if is_seen else entry.plan.run
    return replace(_reversed(entry.plan), costs=disturbance.costs(frame), notes=(), run=run)


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
        return _marked(entry.name, await course.there(), parts.journal)


async def finish(entry: Entry, way: Way, parts: Parts) -> Receipt:
    """Bring a change to an end that was cut off, in one direction or the other; raises JournalError."""
    with parts.journal.alone(f"finishing {entry.name}"):
        course = Course(entry.plan, Wishes(), parts, parts.journal.writer(entry.name))
        course.restarted = has_restarted(entry)
        course.written = _written(entry)
        course.since = _ended_at(entry)
        if way is Way.BACK:
            return await course.back("it was cut off, and is not wanted any more")
        receipt = await course.there()
        return receipt if entry.undoes is None else _marked(entry.undoes, receipt, parts.journal)


def _marked(name: str, receipt: Receipt, journal: Journal) -> Receipt:
    """Note with a change that it was taken back, where it was."""
    if receipt.outcome is not Outcome.KEPT:
        return receipt
    try:
        journal.writer(name).end(Outcome.UNDONE, f"{receipt.text} It was taken back.")
    except JournalError as error:
        return replace(receipt, seen=(*receipt.seen, str(error)))
    return receipt


def way_to_undo(entry: Entry) -> Way:
    """Where `undo` leads what was cut off: a change back, and one that takes another back to its end."""
    return Way.THERE if entry.undoes is not None and may_go_on(entry) else Way.BACK


def may_go_on(entry: Entry) -> bool:
    """Whether a change that was cut off can still be brought to its end: it was not on its way back."""
    return all(each.way is Way.THERE for each in entry.begun)


def has_restarted(entry: Entry) -> bool:
    """Whether the server may have been ended before a change was cut off."""
    steps = {Way.THERE: entry.plan.steps, Way.BACK: entry.plan.undo}
    kinds = {steps[each.way][each.step].kind for each in entry.begun}
    return bool(kinds & RESTARTS)


def cut_off_words(entry: Entry) -> str:
    """What was cut off, or could not be taken back, and what to do about it, in a sentence."""
    when = f"{entry.began_at:%Y-%m-%d %H:%M}Z"
    if entry.outcome is Outcome.FAILED:
        return f"a change of {when} could not be taken back: `ollama-top undo` tries it again"
    if entry.undoes is not None:
        return f"taking a change back was cut off, at {when}: `ollama-top undo` goes on with it"
    how = "`ollama-top undo` takes it back"
    return f"a change of {when} was cut off: " + (
        f"`ollama-top set --finish` brings it to its end, {how}" if may_go_on(entry) else how
    )


def last(journal: Journal, url: str) -> Entry | None:
    """What `undo` is about: a change that was cut off, else the last that is in force, or has failed."""
    return journal.cut_off() or journal.last_left(url)


def _written(entry: Entry) -> set[str]:
    """The files that may be changed."""
    steps = [entry.plan.steps[each.step] for each in entry.begun if each.way is Way.THERE]
    return {each.edit.path for each in steps if each.edit is not None}


def _ended_at(entry: Entry) -> datetime | None:
    """Since when a bare server may have been ended by the change, and another started."""
    steps = {Way.THERE: entry.plan.steps, Way.BACK: entry.plan.undo}
    return next(
        (each.at for each in entry.begun if steps[each.way][each.step].kind is StepKind.RESPAWN), None
    )


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

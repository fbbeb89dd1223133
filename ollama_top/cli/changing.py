"""A change of settings from the command line: the look, the plan, the user's consent, and the receipt.

Must never change anything before the plan was shown and agreed to.
"""

import argparse
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ollama_top.apply import advice, gate, planning, undoing
from ollama_top.apply.course import Parts, Wishes, carry_out
from ollama_top.apply.gate import CalledOffError
from ollama_top.apply.hands import hands_for, rights
from ollama_top.apply.journal import Journal, JournalError
from ollama_top.apply.undoing import CannotUndoError
from ollama_top.cli import cancellable
from ollama_top.cli.asking import agrees
from ollama_top.cli.exits import fail, tell
from ollama_top.cli.feeds import feed_of
from ollama_top.cli.rights import RefusedError, with_rights
from ollama_top.config.settings import Settings
from ollama_top.control.asked import BadChangeError, asked
from ollama_top.doctor.facts import release
from ollama_top.engine.answering import AskingFeed
from ollama_top.engine.daemon import in_daemon_thread
from ollama_top.model.exit_codes import DONE, NOT_TAKEN_BACK, NOTHING_READ, TAKEN_BACK
from ollama_top.model.finding import Change
from ollama_top.model.frame import Frame
from ollama_top.model.plan import Plan
from ollama_top.model.reading import Missing
from ollama_top.model.receipt import Entry, Outcome, Receipt, Way
from ollama_top.model.text import printable
from ollama_top.outputs import document, show
from ollama_top.outputs import plan as text

INTERVAL_S = 0.5
LOOKS = 6
CODES = {Outcome.KEPT: DONE, Outcome.FAILED: NOT_TAKEN_BACK}


@dataclass(slots=True)
class View:
    """The server, as it is looked at while it is changed."""

    feed: AskingFeed
    frames: AsyncIterator[Frame]
    frame: Frame

    async def next(self) -> Frame:
        """The next look."""
        self.frame = await anext(self.frames)
        return self.frame


Deed = Callable[[View], Awaitable[int]]


def run(options: argparse.Namespace, settings: Settings, deed: Deed) -> int:
    """Look at the server, and do something with what is seen; the exit code."""

    async def work() -> int:
        async with viewed(options, settings) as view:
            return await deed(view)

    return refusable(lambda: cancellable.run(work, is_calm=True))


def refusable(act: Callable[[], int]) -> int:
    """The exit code of something that may be refused before anything was changed."""
    try:
        return act()
    except (RefusedError, BadChangeError, JournalError, CannotUndoError) as error:
        return fail(error, NOTHING_READ)


@asynccontextmanager
async def viewed(options: argparse.Namespace, settings: Settings) -> AsyncIterator[View]:
    """The server, looked at twice: what the service says comes with the second look."""
    feed = feed_of(options, settings)(INTERVAL_S, show.PATIENCE_S)
    async with aclosing(feed.frames()) as frames:
        await anext(frames)
        yield View(feed, frames, await anext(frames))


async def change(options: argparse.Namespace, view: View) -> int:
    """What `set` asks for; the exit code."""
    if options.finish:
        journal = _journal()
        cut_off = None if options.demo else journal.cut_off()
        return await _finish(options, view, journal, cut_off, Way.THERE)
    return await make(
        options, view, lambda frame: asked(options.assignments, options.unset, release(frame.snapshot))
    )


async def make(
    options: argparse.Namespace, view: View, changes_of: Callable[[Frame], Sequence[Change]]
) -> int:
    """The changes that are wanted of the server that is seen, agreed to and carried out; the exit code."""
    journal = _journal()
    if not options.demo and (cut_off := journal.cut_off()) is not None:
        raise RefusedError(undoing.cut_off_words(cut_off))
    check_seen(view.frame)
    changes = changes_of(view.frame)
    paths = await _closable(options, view)
    plan = await in_daemon_thread(lambda: planning.plan(view.frame, changes, is_held=bool(paths)))
    plan = replace(
        plan, notes=(*plan.notes, *await advice.of_memory(view.feed, view.frame.snapshot, changes))
    )
    wishes = Wishes(options.drain, brings_back=options.reload_models)
    shown = planning.without_restart(plan) if options.no_restart else plan

    def carry(parts: Parts) -> Awaitable[Receipt]:
        parts = replace(parts, gate=partial(gate.through, paths, parts.say)) if paths else parts
        return carry_out(shown, wishes, parts)

    return await _agreed(options, view, journal, shown, carry)


async def _closable(options: argparse.Namespace, view: View) -> tuple[Path, ...]:
    """The feeds of the proxies that are to keep requests back; none where that is not asked for."""
    if not options.through_proxy:
        return ()
    for _ in range(LOOKS):  # a proxy under load may take its time to tell of itself
        if view.frame.snapshot.proxies:
            break
        await view.next()
    frame = view.frame
    if not frame.snapshot.proxies:
        raise RefusedError("no proxy before this server is known: start one with `ollama-top proxy`")
    try:
        return await in_daemon_thread(lambda: gate.feeds_of(frame.snapshot.proxies))
    except CalledOffError as error:
        raise RefusedError(str(error)) from None


def check_seen(frame: Frame) -> None:
    """That there is something to change: a server that answers, or a service that should run."""
    server = frame.snapshot.server
    if not server.reachable and isinstance(frame.snapshot.service, Missing):
        raise RefusedError(f"cannot read {server.url}: {server.problem or 'it has not answered yet'}")


async def undo(options: argparse.Namespace, view: View) -> int:
    """What `undo` asks for; the exit code."""
    if options.demo:
        raise RefusedError("this is a simulation, of which nothing is kept")
    journal = _journal()
    entry = undoing.last(journal, view.frame.snapshot.server.url)
    if entry is None:
        raise RefusedError("nothing is to be taken back: no change of this server is in force")
    if entry.outcome is Outcome.FAILED:
        return await _finish(options, view, journal, entry, Way.BACK)
    if entry.outcome is None:
        return await _all_back(options, view, journal, entry)
    plan = undoing.undoing(entry, view.frame)

    def carry(parts: Parts) -> Awaitable[Receipt]:
        return undoing.undo(entry, plan, Wishes(), parts)

    return await _agreed(options, view, journal, plan, carry, is_new=False)


def _journal() -> Journal:
    """The journal, with a word on what in it cannot be understood."""
    journal = Journal()
    for each in journal.unread():
        _talk(f"note: {each} cannot be understood: what was changed then is not known")
    return journal


async def _all_back(options: argparse.Namespace, view: View, journal: Journal, entry: Entry) -> int:
    """Take back what was cut off: one change, or the last two of a series."""
    code = await _finish(options, view, journal, entry, undoing.way_to_undo(entry))
    while code == DONE and not options.plan and (another := journal.cut_off()) is not None:
        code = await _finish(options, view, journal, another, undoing.way_to_undo(another))
    return code


async def _finish(
    options: argparse.Namespace, view: View, journal: Journal, entry: Entry | None, way: Way
) -> int:
    """Bring what was cut off to its end, in one direction or the other."""
    if entry is None:
        raise RefusedError("no change was cut off")
    if way is Way.THERE and not undoing.may_go_on(entry):
        raise RefusedError(undoing.cut_off_words(entry))
    shown = undoing.finishing(entry, way, view.frame)
    return await _agreed(
        options, view, journal, shown, lambda parts: undoing.finish(entry, way, parts), wanted=way
    )


async def _agreed(
    options: argparse.Namespace,
    view: View,
    journal: Journal,
    plan: Plan,
    carry: Callable[[Parts], Awaitable[Receipt]],
    wanted: Way = Way.THERE,
    *,
    is_new: bool = True,
) -> int:
    """Show the plan, and carry it out where the user agrees; the exit code."""
    if options.plan or not plan.steps:
        show.write(
            _as_asked(options, plan, is_new=is_new) if options.plan or options.json else text.as_text(plan)
        )
        return NOTHING_READ if plan.refusal is not None else DONE
    hands = hands_for(plan)
    _talk(text.as_text(plan, rights(plan, hands), can_be_undone=is_new))
    if not options.yes and not await agrees((), "Do this?"):
        return NOTHING_READ
    if hands is None:
        hands = await in_daemon_thread(lambda: with_rights(plan))
    parts = Parts(hands, journal, view.next, _talk, _may_kill)
    receipt = await carry(parts)
    show.write(_of_receipt(options, receipt))
    is_as_wanted = wanted is Way.BACK and receipt.outcome in {Outcome.ROLLED_BACK, Outcome.CALLED_OFF}
    return DONE if is_as_wanted else CODES.get(receipt.outcome, TAKEN_BACK)


def _as_asked(options: argparse.Namespace, plan: Plan, *, is_new: bool) -> str:
    if options.json:
        return document.text_of_value(plan)
    return text.as_text(plan, rights(plan, hands_for(plan)), can_be_undone=is_new)


def _of_receipt(options: argparse.Namespace, receipt: Receipt) -> str:
    if options.json:
        return document.text_of_value(receipt)
    return text.receipt(receipt)


async def _may_kill(pid: int) -> bool:
    return await agrees((), f"Process {pid} does not end. Kill it (SIGKILL)?")


def _talk(said: str) -> None:
    """Tell a person what goes on."""
    tell("\n".join(map(printable, said.split("\n"))))

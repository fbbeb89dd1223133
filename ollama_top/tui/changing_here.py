"""Changes of settings that this machine makes: the plan for each, shown; those of before; what was cut off.

Must never change anything without a plan that was shown and agreed to, nor plan for another machine.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from ollama_top.apply import planning, undoing
from ollama_top.apply.advice import of_memory
from ollama_top.apply.events import Deed
from ollama_top.apply.journal import Journal, JournalError
from ollama_top.columns.cell import Cell, Role
from ollama_top.engine.answering import AskingFeed
from ollama_top.engine.daemon import in_daemon_thread
from ollama_top.engine.feed import Feed
from ollama_top.model.finding import Change
from ollama_top.model.frame import Frame
from ollama_top.model.plan import Plan
from ollama_top.model.receipt import Entry, Way
from ollama_top.tui.agreeing import Agreeing, Draft
from ollama_top.tui.screens import questions
from ollama_top.tui.underway import UnderWay

if TYPE_CHECKING:
    from ollama_top.tui.monitor import Monitor

ASK_LIMIT_S = 5.0
NOTHING_KEPT = Cell("Nothing is to be taken back: no change of this server is in force.", Role.NOTICE)
SIMULATED = Cell("This is a simulation: nothing was changed that could be taken back.", Role.NOTICE)
TOO_LATE = "what it means for memory is not known: the server did not tell of its models in time."
PLAN, UNDO = "Plan", "Plan to take the last change back"


class ChangingHere:
    """The part of the monitor that changes settings of a server that this machine reaches."""

    def __init__(self, monitor: "Monitor", kept: Callable[[Plan], object]) -> None:
        """`kept` hears of a plan that is in force."""
        self.monitor = monitor
        self.under_way = UnderWay(monitor, kept)
        self._agreeing = Agreeing(monitor, self.under_way.start)

    def begin(self, changes: tuple[Change, ...]) -> None:
        """Show the plan for these changes; it is carried out when the user agrees."""

        def make(now: Frame) -> Coroutine[object, object, Plan]:
            return self._planned(now, changes)

        self._agreeing.begin(Draft(PLAN, Deed.SET, make))

    async def _planned(self, frame: Frame, changes: tuple[Change, ...]) -> Plan:
        plan = await in_daemon_thread(lambda: planning.plan(frame, changes))
        return replace(plan, notes=(*plan.notes, *await self._of_memory(frame, changes)))

    async def _of_memory(self, frame: Frame, changes: tuple[Change, ...]) -> tuple[str, ...]:
        """What the changes mean for memory, as far as the server tells enough of its models in time."""

        async def ask(feed: Feed) -> tuple[str, ...]:
            return await of_memory(cast("AskingFeed", feed), frame.snapshot, changes)

        asked = self.monitor.bridge.ask(ask)
        if asked is None:
            return ()
        answer = asyncio.wrap_future(asked)
        done, _ = await asyncio.wait({answer}, timeout=ASK_LIMIT_S)
        if not done:
            answer.cancel()
            return (TOO_LATE,)
        return () if answer.cancelled() else answer.result()

    # changes of before

    def undo(self, frame: Frame) -> None:
        """Show what takes the last change back that is in force."""
        if frame.snapshot.demo:
            self.monitor.update(notice=SIMULATED)
        else:
            self.monitor.run_worker(self._undo(frame.snapshot.server.url))

    async def _undo(self, url: str) -> None:
        try:
            entry = await in_daemon_thread(lambda: undoing.last(Journal(), url))
        except JournalError as error:
            self.monitor.update(notice=Cell(str(error), Role.WARNING))
            return
        if entry is None:
            self.monitor.update(notice=NOTHING_KEPT)
        elif entry.outcome is None:
            self.offer(entry)
        else:
            self._agreeing.begin(Draft(UNDO, Deed.UNDO, _undoing(entry), entry.name))

    def offer(self, entry: Entry) -> None:
        """Ask what to do with a change that was cut off; nothing is done by itself."""
        if self.monitor.view.is_read_only:
            text = f"{undoing.cut_off_words(entry)}."
            self.monitor.update(notice=Cell(text[0].upper() + text[1:], Role.WARNING))
            return
        question = questions.cut_off(entry, undoing.may_go_on(entry), self.monitor.look)
        self.monitor.push_screen(question, lambda answer: self._offered(entry, answer))

    def _offered(self, entry: Entry, answer: str | None) -> None:
        self.monitor.update()
        deed = {questions.FINISH: Deed.FINISH, questions.TAKE_BACK: Deed.TAKE_BACK}.get(answer or "")
        if deed is not None:
            way = Way.THERE if deed is Deed.FINISH else Way.BACK
            title = "Plan to finish it" if deed is Deed.FINISH else "Plan to take it back"
            self._agreeing.begin(Draft(title, deed, _finishing(entry, way), entry.name))


def _undoing(entry: Entry) -> Callable[[Frame], Coroutine[object, object, Plan]]:
    return lambda frame: in_daemon_thread(lambda: undoing.undoing(entry, frame))


def _finishing(entry: Entry, way: Way) -> Callable[[Frame], Coroutine[object, object, Plan]]:
    async def make(frame: Frame) -> Plan:
        return undoing.finishing(entry, way, frame)

    return make

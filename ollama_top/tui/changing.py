"""The keys that change settings: what is wanted, collected; the changes of before; and one plan for each.

Must never change anything without a plan that was shown and agreed to. Loaded when a key first asks for it.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from ollama_top.apply import planning, undoing
from ollama_top.apply.advice import of_memory
from ollama_top.apply.events import Deed
from ollama_top.apply.journal import Journal, JournalError
from ollama_top.columns.cell import Cell, Role
from ollama_top.control import wanted
from ollama_top.control.asked import BadChangeError, full_name
from ollama_top.doctor.facts import release
from ollama_top.engine.answering import AskingFeed
from ollama_top.engine.daemon import in_daemon_thread
from ollama_top.engine.feed import Feed
from ollama_top.model.finding import Change
from ollama_top.model.frame import Frame
from ollama_top.model.plan import Plan
from ollama_top.model.receipt import Entry, Way
from ollama_top.ollama.families import Release
from ollama_top.tui.agreeing import Agreeing, Draft
from ollama_top.tui.doing import READ_ONLY
from ollama_top.tui.screens import questions
from ollama_top.tui.screens.plan import failure
from ollama_top.tui.screens.settings import ChangeScreen, SettingsScreen
from ollama_top.tui.screens.value import ValueEntry
from ollama_top.tui.underway import UnderWay

if TYPE_CHECKING:
    from ollama_top.tui.monitor import Monitor

ASK_LIMIT_S = 5.0
NOT_SEEN = Cell("The server has not been looked at yet.", Role.WARNING)
ELSEWHERE = Cell("Settings are changed on the server's own machine: `ollama-top set` there.", Role.NOTICE)
NOTHING = Cell("Nothing is to be changed yet: Enter on a variable changes it.", Role.NOTICE)
NOTHING_KEPT = Cell("Nothing is to be taken back: no change of this server is in force.", Role.NOTICE)
SIMULATED = Cell("This is a simulation: nothing was changed that could be taken back.", Role.NOTICE)
TOO_LATE = "what it means for memory is not known: the server did not tell of its models in time."
PLAN, UNDO = "Plan", "Plan to take the last change back"


class Changing:
    """The part of the monitor that changes settings."""

    def __init__(self, app: "Monitor") -> None:
        """Nothing is wanted yet."""
        self.app = app
        self._wanted: dict[str, Change] = {}
        self.under_way = UnderWay(app, self._kept)
        self._agreeing = Agreeing(app, self.under_way.start)

    # what is wanted

    @property
    def wanted(self) -> Mapping[str, str | None]:
        """The new value of each variable that is to be changed; None takes it away."""
        return MappingProxyType({name: each.value for name, each in self._wanted.items()})

    def settings(self) -> None:
        """Show every variable; while a change is under way, how far that is."""
        if self.under_way.is_going:
            self.under_way.show()
            return
        kind = ChangeScreen if self.app.may_change else SettingsScreen
        self.app.push_screen(kind(self, self.app.view, self.app.look), lambda _: self.app.update())

    def ask_name(self, then: Callable[[], object]) -> None:
        """Ask for a variable, and then for its value."""

        def named(answer: str | None) -> None:
            then()
            try:
                name = full_name(answer) if answer is not None else None
            except BadChangeError as error:
                self.app.update(notice=Cell(str(error), Role.WARNING))
                return
            if name is not None:
                self.ask_value(name, then)

        self.app.push_screen(questions.name_to_set(self.app.look), named)

    def ask_value(self, name: str, then: Callable[[], object]) -> None:
        """Ask for the value of a variable; `then` draws what has come of it."""
        frame = self.app.newest
        if frame is None:
            return
        setting, known = wanted.setting_named(frame.snapshot, name), release(frame.snapshot)
        before = self._wanted[name].value or "" if name in self._wanted else wanted.before(setting)

        def judge(typed: str) -> tuple[str, str | None]:
            change = wanted.change_of(name, typed)
            return wanted.meaning(change, known), wanted.problem(change, known)

        def answered(typed: str | None) -> None:
            if typed is not None:
                change = wanted.change_of(name, typed)
                self._wanted[name] = change
                if wanted.is_as_it_is(change, setting):
                    self.forget(name)
            then()

        text = (*wanted.told(name, setting, known),)
        question = ValueEntry(f"Change {name}", text, name, before, judge, self.app.look)
        self.app.push_screen(question, answered)

    def forget(self, name: str) -> None:
        """Leave a variable as it is."""
        self._wanted.pop(name, None)

    def plan_wanted(self) -> None:
        """Show the plan for all that is wanted."""
        if self._wanted:
            self.begin(tuple(self._wanted.values()))
        else:
            self.app.update(notice=NOTHING)

    # plans

    def begin(self, changes: tuple[Change, ...]) -> None:
        """Show the plan for these changes; it is carried out when the user agrees."""
        frame = self._frame()
        if frame is None:
            return
        wrong = [each for change in changes if (each := wanted.problem(change, _release(frame)))]
        if wrong:
            page = failure(PLAN, f"There is no plan: {'; '.join(wrong)}.", self.app.view, self.app.look)
            self.app.push_screen(page, lambda _: self.app.update())
            return

        def make(now: Frame) -> Coroutine[object, object, Plan]:
            return self._planned(now, changes)

        self._agreeing.begin(Draft(PLAN, Deed.SET, make))

    def _frame(self) -> Frame | None:
        """The newest Frame, where a change may be begun; says why not."""
        if self.app.view.is_read_only:
            self.app.update(notice=READ_ONLY)
        elif not self.app.may_change:
            self.app.update(notice=ELSEWHERE)
        elif self.under_way.is_going:
            self.under_way.show()
        elif self.app.newest is None:
            self.app.update(notice=NOT_SEEN)
        else:
            return self.app.newest
        return None

    async def _planned(self, frame: Frame, changes: tuple[Change, ...]) -> Plan:
        plan = await in_daemon_thread(lambda: planning.plan(frame, changes))
        return replace(plan, notes=(*plan.notes, *await self._of_memory(frame, changes)))

    async def _of_memory(self, frame: Frame, changes: tuple[Change, ...]) -> tuple[str, ...]:
        """What the changes mean for memory, as far as the server tells enough of its models in time."""

        async def ask(feed: Feed) -> tuple[str, ...]:
            return await of_memory(cast("AskingFeed", feed), frame.snapshot, changes)

        asked = self.app.bridge.ask(ask)
        if asked is None:
            return ()
        answer = asyncio.wrap_future(asked)
        done, _ = await asyncio.wait({answer}, timeout=ASK_LIMIT_S)
        if not done:
            answer.cancel()
            return (TOO_LATE,)
        return () if answer.cancelled() else answer.result()

    # changes of before

    def undo(self) -> None:
        """Show what takes the last change back that is in force."""
        frame = self._frame()
        if frame is not None and frame.snapshot.demo:
            self.app.update(notice=SIMULATED)
        elif frame is not None:
            self.app.run_worker(self._undo(frame.snapshot.server.url))

    async def _undo(self, url: str) -> None:
        try:
            entry = await in_daemon_thread(lambda: undoing.last(Journal(), url))
        except JournalError as error:
            self.app.update(notice=Cell(str(error), Role.WARNING))
            return
        if entry is None:
            self.app.update(notice=NOTHING_KEPT)
        elif entry.outcome is None:
            self.offer(entry)
        else:
            self._agreeing.begin(Draft(UNDO, Deed.UNDO, _undoing(entry), entry.name))

    def offer(self, entry: Entry) -> None:
        """Ask what to do with a change that was cut off; nothing is done by itself."""
        if self.app.view.is_read_only:
            text = f"{undoing.cut_off_words(entry)}."
            self.app.update(notice=Cell(text[0].upper() + text[1:], Role.WARNING))
            return
        question = questions.cut_off(entry, undoing.may_go_on(entry), self.app.look)
        self.app.push_screen(question, lambda answer: self._offered(entry, answer))

    def _offered(self, entry: Entry, answer: str | None) -> None:
        self.app.update()
        deed = {questions.FINISH: Deed.FINISH, questions.TAKE_BACK: Deed.TAKE_BACK}.get(answer or "")
        if deed is not None:
            way = Way.THERE if deed is Deed.FINISH else Way.BACK
            title = "Plan to finish it" if deed is Deed.FINISH else "Plan to take it back"
            self._agreeing.begin(Draft(title, deed, _finishing(entry, way), entry.name))

    def _kept(self, plan: Plan) -> None:
        """Want no more what is in force, and follow the server to where it answers now."""
        for each in plan.changes:
            if self._wanted.get(each.name) == each:
                self.forget(each.name)
        if plan.url_then != plan.url:
            self.app.follow(plan.url_then)


def _release(frame: Frame) -> Release | None:
    return release(frame.snapshot)


def _undoing(entry: Entry) -> Callable[[Frame], Coroutine[object, object, Plan]]:
    return lambda frame: in_daemon_thread(lambda: undoing.undoing(entry, frame))


def _finishing(entry: Entry, way: Way) -> Callable[[Frame], Coroutine[object, object, Plan]]:
    async def make(frame: Frame) -> Plan:
        return undoing.finishing(entry, way, frame)

    return make

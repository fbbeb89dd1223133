"""The keys that change settings: what is wanted, collected, and handed to whoever makes the plan for it.

Must never change anything itself. Loaded when a key first asks for it.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from ollama_top.columns.cell import Cell, Role
from ollama_top.control import wanted
from ollama_top.control.asked import BadChangeError, full_name
from ollama_top.doctor.facts import release
from ollama_top.model.finding import Change
from ollama_top.model.frame import Frame
from ollama_top.model.plan import Plan
from ollama_top.tui.changing_here import PLAN, ChangingHere
from ollama_top.tui.changing_there import ChangingThere
from ollama_top.tui.doing import READ_ONLY
from ollama_top.tui.reach import Nowhere, There
from ollama_top.tui.screens import questions
from ollama_top.tui.screens.plan import failure
from ollama_top.tui.screens.settings import ChangeScreen, SettingsScreen
from ollama_top.tui.screens.value import ValueEntry
from ollama_top.tui.underway import UnderWay

if TYPE_CHECKING:
    from ollama_top.tui.monitor import Monitor

NOT_SEEN = Cell("The server has not been looked at yet.", Role.WARNING)
NOTHING = Cell("Nothing is to be changed yet: Enter on a variable changes it.", Role.NOTICE)


class Changing:
    """The part of the monitor that changes settings."""

    def __init__(self, monitor: "Monitor") -> None:
        """Nothing is wanted yet."""
        self.monitor = monitor
        self._wanted: dict[str, Change] = {}
        self.here = ChangingHere(monitor, self._kept)
        self.there = ChangingThere(monitor, self._in_force)

    @property
    def under_way(self) -> UnderWay:
        """The change that this machine makes."""
        return self.here.under_way

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
        kind = ChangeScreen if self.monitor.may_change else SettingsScreen
        self.monitor.push_screen(
            kind(self, self.monitor.view, self.monitor.look), lambda _: self.monitor.update()
        )

    def ask_name(self, then: Callable[[], object]) -> None:
        """Ask for a variable, and then for its value."""

        def named(answer: str | None) -> None:
            then()
            try:
                name = full_name(answer) if answer is not None else None
            except BadChangeError as error:
                self.monitor.update(notice=Cell(str(error), Role.WARNING))
                return
            if name is not None:
                self.ask_value(name, then)

        self.monitor.push_screen(questions.name_to_set(self.monitor.look), named)

    def ask_value(self, name: str, then: Callable[[], object]) -> None:
        """Ask for the value of a variable; `then` draws what has come of it."""
        frame = self.monitor.newest
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
        question = ValueEntry(f"Change {name}", text, name, before, judge, self.monitor.look)
        self.monitor.push_screen(question, answered)

    def forget(self, name: str) -> None:
        """Leave a variable as it is."""
        self._wanted.pop(name, None)

    def plan_wanted(self) -> None:
        """Show the plan for all that is wanted."""
        if self._wanted:
            self.begin(tuple(self._wanted.values()))
        else:
            self.monitor.update(notice=NOTHING)

    # changes

    def begin(self, changes: tuple[Change, ...]) -> None:
        """Have a plan for these changes shown, here or there; it is carried out when the user agrees."""
        frame = self._frame()
        if frame is None:
            return
        wrong = [each for change in changes if (each := wanted.problem(change, release(frame.snapshot)))]
        if wrong:
            page = failure(
                PLAN, f"There is no plan: {'; '.join(wrong)}.", self.monitor.view, self.monitor.look
            )
            self.monitor.push_screen(page, lambda _: self.monitor.update())
        elif isinstance(self.monitor.reach, There):
            self.there.begin(self.monitor.reach, changes)
        else:
            self.here.begin(changes)

    def undo(self) -> None:
        """Have shown what takes the last change back that is in force."""
        frame = self._frame()
        if frame is None:
            return
        if isinstance(self.monitor.reach, There):
            self.there.undo(self.monitor.reach)
        else:
            self.here.undo(frame)

    def _frame(self) -> Frame | None:
        """The newest Frame, where a change may be begun; says why not."""
        if self.monitor.view.is_read_only:
            self.monitor.update(notice=READ_ONLY)
        elif isinstance(self.monitor.reach, Nowhere):
            self.monitor.update(notice=Cell(self.monitor.reach.why, Role.NOTICE))
        elif self.under_way.is_going:
            self.under_way.show()
        elif self.monitor.newest is None:
            self.monitor.update(notice=NOT_SEEN)
        else:
            return self.monitor.newest
        return None

    def _kept(self, plan: Plan) -> None:
        """Want no more what is in force, and follow the server to where it answers now."""
        self._in_force(plan.changes)
        if plan.url_then != plan.url:
            self.monitor.follow(plan.url_then)

    def _in_force(self, changes: Iterable[Change]) -> None:
        for each in changes:
            if self._wanted.get(each.name) == each:
                self.forget(each.name)

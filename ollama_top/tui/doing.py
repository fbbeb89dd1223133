"""Actions under way: handed to the feed, followed from Frame to Frame, and announced in the end.

Must never change a server that may only be looked at, however it is asked to, and never call
anything done before a Frame shows it.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ollama_top.columns.cell import Cell, Role
from ollama_top.control import follow
from ollama_top.control.deed import Doing
from ollama_top.model.action import Action
from ollama_top.model.frame import Frame
from ollama_top.model.verdict import Severity
from ollama_top.tui.messages import ActionEnded, ActionFailed, ActionMessage, ActionProgressed, ActionTaken
from ollama_top.tui.screens import questions

if TYPE_CHECKING:
    from ollama_top.tui.monitor import Monitor

READ_ONLY = Cell("Read-only: the server is not changed.", Role.WARNING)
ROLES = {
    Severity.OK: Role.GOOD,
    Severity.INFO: Role.NOTICE,
    Severity.WARNING: Role.WARNING,
    Severity.ERROR: Role.ERROR,
}


class Doings:
    """The part of the monitor that has things done."""

    def __init__(self, monitor: "Monitor") -> None:
        """Nothing is under way yet."""
        self.monitor = monitor
        self._asked = 0  # how many actions so far

    def may_act(self) -> bool:
        """Whether the server may be changed; says so where not."""
        if self.monitor.view.is_read_only:
            self.monitor.update(notice=READ_ONLY)
        return not self.monitor.view.is_read_only

    def act(self, action: Action) -> None:
        """Have something done to the server; refuses when read-only, however it was called."""
        monitor = self.monitor
        if not self.may_act() or monitor.newest is None:
            return
        if any(doing.action == action for doing in monitor.view.doings):
            monitor.update(notice=Cell("That is under way already.", Role.NOTICE))
            return
        self._asked += 1
        doing = Doing(self._asked, action, monitor.newest)
        monitor.update(doings=(*monitor.view.doings, doing))
        monitor.bridge.act(doing.number, action)

    def drop(self) -> None:
        """Follow no action any more, since the feed that carried them out is given up."""
        text = "What came of the actions under way is not known: their connection was given up."
        self.monitor.update(doings=(), notice=Cell(text, Role.WARNING))

    def hear(self, message: ActionMessage) -> None:
        """Take up what the feed says of an action."""
        match message:
            case ActionProgressed():
                self._change(message.number, progress=message.progress)
            case ActionTaken() if self.monitor.newest is not None:  # now a Frame has to show it done
                self._change(message.number, taken_at=self.monitor.newest.snapshot.taken_at)
            case ActionEnded():
                self._ended(self._take(message.number))
            case ActionFailed():
                self._failed(self._take(message.number), message.problem)

    def _ended(self, doing: Doing | None) -> None:
        """Say that we have broken it off."""
        if doing is not None:
            outcome = follow.ended(doing)
            self.monitor.update(notice=Cell(outcome.text, ROLES[outcome.severity]))

    def _failed(self, doing: Doing | None, problem: str) -> None:
        """Show the server's words until the user has read them."""
        if doing is not None:
            deed = follow.deed_of(doing.action)
            page = questions.failure(deed, doing.action, problem, self.monitor.view, self.monitor.look)
            self.monitor.push_screen(page, lambda _: self.monitor.update())

    def _change(self, number: int, **changes: Any) -> None:  # noqa: ANN401 - fields of Doing
        before = self.monitor.view.doings
        doings = tuple(replace(each, **changes) if each.number == number else each for each in before)
        if doings != before:
            self.monitor.update(doings=doings)

    def _take(self, number: int) -> Doing | None:
        """An action that is over, taken off the list."""
        doings = self.monitor.view.doings
        found = next((each for each in doings if each.number == number), None)
        self.monitor.update(doings=tuple(each for each in doings if each is not found))
        return found

    def shown_by(self, frame: Frame) -> dict[str, Any]:
        """What a Frame changes in the View: actions that it shows done, and what came of them."""
        outcomes = {each.number: follow.outcome(each, frame) for each in self.monitor.view.doings}
        over = [each for each in outcomes.values() if each is not None]
        if not over:
            return {}
        left = tuple(each for each in self.monitor.view.doings if outcomes[each.number] is None)
        worst = max(over, key=lambda each: list(Severity).index(each.severity))
        text = " ".join(dict.fromkeys(each.text for each in over))
        return {"doings": left, "notice": Cell(text, ROLES[worst.severity])}

"""Actions under way: handed to the feed, followed from Frame to Frame, and announced in the end.

Must never change a server that may only be looked at, however it is asked to, and never call
anything done before a Frame shows it.
"""

from dataclasses import replace
from typing import Any

from textual.app import App

from ollama_top.columns.cell import Cell, Role
from ollama_top.control import follow
from ollama_top.control.deed import Doing, Outcome
from ollama_top.model.action import Action
from ollama_top.model.frame import Frame
from ollama_top.model.verdict import Severity
from ollama_top.tui.bridge import Bridge
from ollama_top.tui.messages import ActionEnded, ActionFailed, ActionProgressed, ActionTaken
from ollama_top.tui.screens import questions
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View

READ_ONLY = Cell("Read-only: the server is not changed.", Role.WARNING)
ROLES = {
    Severity.OK: Role.GOOD,
    Severity.INFO: Role.NOTICE,
    Severity.WARNING: Role.WARNING,
    Severity.ERROR: Role.ERROR,
}


class DoingApp(App[None], inherit_bindings=False):
    """The part of the monitor that has things done."""

    view: View
    look: Theme
    bridge: Bridge
    newest: Frame | None
    asked = 0  # how many actions so far

    def update(self, **changes: Any) -> None:  # noqa: ANN401 - fields of View
        """Change the View and draw it on the screen in front."""
        raise NotImplementedError

    def may_act(self) -> bool:
        """Whether the server may be changed; says so where not."""
        if self.view.is_read_only:
            self.update(notice=READ_ONLY)
        return not self.view.is_read_only

    def act(self, action: Action) -> None:
        """Have something done to the server; refuses when read-only, however it was called."""
        if not self.may_act() or self.newest is None:
            return
        if any(doing.action == action for doing in self.view.doings):
            self.update(notice=Cell("That is under way already.", Role.NOTICE))
            return
        self.asked += 1
        doing = Doing(self.asked, action, self.newest)
        self.update(doings=(*self.view.doings, doing))
        self.bridge.act(doing.number, action)

    def drop_doings(self) -> None:
        """Follow no action any more, since the feed that carried them out is given up."""
        if self.view.doings:
            text = "What came of the actions under way is not known: their connection was given up."
            self.update(doings=(), notice=Cell(text, Role.WARNING))

    def on_action_progressed(self, message: ActionProgressed) -> None:
        """Show how far an action is."""
        self._change(message.number, progress=message.progress)

    def on_action_taken(self, message: ActionTaken) -> None:
        """Wait for a Frame that shows it done."""
        if self.newest is not None:
            self._change(message.number, taken_at=self.newest.snapshot.taken_at)

    def on_action_ended(self, message: ActionEnded) -> None:
        """Say that we have broken it off."""
        doing = self._take(message.number)
        if doing is not None:
            self._announce(follow.ended(doing))

    def on_action_failed(self, message: ActionFailed) -> None:
        """Show the server's words until the user has read them."""
        doing = self._take(message.number)
        if doing is not None:
            deed = follow.deed_of(doing.action)
            page = questions.failure(deed, doing.action, message.problem, self.view, self.look)
            self.push_screen(page, lambda _: self.update())

    def _change(self, number: int, **changes: Any) -> None:  # noqa: ANN401 - fields of Doing
        doings = tuple(
            replace(each, **changes) if each.number == number else each for each in self.view.doings
        )
        if doings != self.view.doings:
            self.update(doings=doings)

    def _take(self, number: int) -> Doing | None:
        """An action that is over, taken off the list."""
        found = next((each for each in self.view.doings if each.number == number), None)
        self.update(doings=tuple(each for each in self.view.doings if each is not found))
        return found

    def _announce(self, outcome: Outcome) -> None:
        self.update(notice=Cell(outcome.text, ROLES[outcome.severity]))

    def shown_by(self, frame: Frame) -> dict[str, Any]:
        """What a Frame changes in the View: actions that it shows done, and what came of them."""
        outcomes = {each.number: follow.outcome(each, frame) for each in self.view.doings}
        over = [each for each in outcomes.values() if each is not None]
        if not over:
            return {}
        left = tuple(each for each in self.view.doings if outcomes[each.number] is None)
        worst = max(over, key=lambda each: list(Severity).index(each.severity))
        text = " ".join(dict.fromkeys(each.text for each in over))
        return {"doings": left, "notice": Cell(text, ROLES[worst.severity])}

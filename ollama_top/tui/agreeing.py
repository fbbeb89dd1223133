"""From what is wanted to what is agreed to: the plan, shown; the user's yes; the rights; the order.

Must never order anything that was not shown as it is now: what has changed since is planned and shown anew.
"""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported
from textual.screen import Screen

from ollama_top.apply.events import Deed, Order
from ollama_top.apply.freshness import why_stale
from ollama_top.apply.hands import ask_for_rights, hands_for, rights
from ollama_top.apply.journal import JournalError
from ollama_top.apply.undoing import CannotUndoError
from ollama_top.control import by_hand, plan_words
from ollama_top.engine.daemon import in_daemon_thread
from ollama_top.model.frame import Frame
from ollama_top.model.plan import Plan
from ollama_top.tui.plain_terminal import plain_terminal
from ollama_top.tui.proposal import Options, Proposal, costs_held
from ollama_top.tui.screens.plan import CommandsPage, PlanScreen, failure

if TYPE_CHECKING:
    from ollama_top.tui.monitor import Monitor

NEW = frozenset({Deed.SET, Deed.FINISH})
CUT_OFF = frozenset({Deed.FINISH, Deed.TAKE_BACK})
BY_HAND = "Root's rights are needed, and cannot be had here. The same by hand, with those rights:"
ASKING = "ollama-top: sudo asks for your password, for the plan that you agreed to.\n"


@dataclass(frozen=True, slots=True)
class Draft:
    """Something that is wanted of the server, and how its plan is made, as often as need be."""

    title: str
    deed: Deed
    make: Callable[[Frame], Awaitable[Plan]]
    entry: str | None = None  # the change of before that it is about


class Agreeing:
    """The part of the monitor that shows plans."""

    def __init__(self, monitor: "Monitor", order: Callable[[Order], object]) -> None:
        """`order` has something carried out."""
        self.monitor = monitor
        self._order = order

    def begin(self, draft: Draft) -> None:
        """Show the plan as soon as it is made."""
        screen = PlanScreen(
            draft.title,
            lambda proposal, options: self.monitor.run_worker(self._agreed(draft, screen, proposal, options)),
            self.monitor.view,
            self.monitor.look,
        )
        self.monitor.push_screen(screen, lambda _: self.monitor.update())
        self.monitor.run_worker(self._plan(draft, screen))

    async def _plan(self, draft: Draft, screen: PlanScreen, note: str | None = None) -> None:
        frame = self.monitor.newest
        if frame is None:
            return
        try:
            plan = await draft.make(frame)
        except (CannotUndoError, JournalError) as error:
            text = f"There is no plan: {error}."
            self._instead(screen, failure(draft.title, text, self.monitor.view, self.monitor.look))
            return
        if plan.refusal is not None or not plan.steps:
            self._instead(screen, self._commands(draft.title, (*plan_words.lines(plan, None),), plan))
            return
        hands = await in_daemon_thread(lambda: hands_for(plan))
        is_begun = draft.deed in CUT_OFF
        held = None if is_begun else costs_held(frame)
        proposal = Proposal(plan, rights(plan, hands), draft.deed in NEW, is_begun, held)
        screen.take(proposal, note)

    async def _agreed(self, draft: Draft, screen: PlanScreen, proposal: Proposal, options: Options) -> None:
        """Order what was agreed to, if it is still what was shown, and the rights for it can be had."""
        frame, plan = self.monitor.newest, proposal.plan
        screen.wait()
        if draft.deed not in CUT_OFF and frame is not None:
            may_be_done = draft.deed is Deed.UNDO
            stale = await in_daemon_thread(lambda: why_stale(plan, frame, may_be_done=may_be_done))
            if stale is not None:
                await self._plan(draft, screen, stale)
                return
        if not await self._has_rights(plan):
            said = (BY_HAND, "", *by_hand.there(plan))
            self._instead(screen, self._commands("By hand", said, plan))
            return
        if not self._close(screen):
            return  # the user has left it meanwhile
        is_held = options.is_held and proposal.costs_held is not None and not options.only_writes
        drain_s = proposal.drain_s(options)
        self._order(
            Order(draft.deed, proposal.made(options), draft.entry, drain_s, options.brings_back, is_held)
        )

    async def _has_rights(self, plan: Plan) -> bool:
        """Whether the rights are there; where they are not, sudo asks for them in the plain terminal."""
        if await in_daemon_thread(lambda: hands_for(plan)) is not None:
            return True
        try:
            with plain_terminal(self.monitor):
                sys.stdout.write(ASKING)
                sys.stdout.flush()
                is_given = ask_for_rights()
        except SuspendNotSupported:
            return False
        return is_given and await in_daemon_thread(lambda: hands_for(plan)) is not None

    def _commands(self, title: str, said: tuple[str, ...], plan: Plan) -> CommandsPage:
        commands = (*by_hand.there(plan),)
        return CommandsPage(
            title,
            said,
            commands,
            lambda text: self.monitor.hands.send(text, "the instructions", "text"),
            self.monitor.view,
            self.monitor.look,
        )

    def _close(self, screen: PlanScreen) -> bool:
        """Close the plan's page; whether it was still there."""
        is_there = screen.is_current
        if is_there:
            screen.dismiss(None)
        return is_there

    def _instead(self, screen: PlanScreen, page: "Screen[None]") -> None:
        """Show a page in place of the plan, unless its user has left."""
        if self._close(screen):
            self.monitor.push_screen(page, lambda _: self.monitor.update())

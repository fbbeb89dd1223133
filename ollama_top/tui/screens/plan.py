"""A plan to change settings, and whether to carry it out; and what ollama-top leaves to a person.

Must never do anything itself: the answer goes to who asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType

from ollama_top.columns.cell import Line
from ollama_top.tui.change_keys import COPY_KEYS, PLAN_KEYS
from ollama_top.tui.draw.footer import key_line, notice_lines
from ollama_top.tui.draw.plan import answer_line, option_lines, plan_lines
from ollama_top.tui.keys import PAGE_KEYS, Key
from ollama_top.tui.proposal import Options, Proposal
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.page import Page
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View

WAYS = {"p": "is_held", "d": "drains", "m": "brings_back", "o": "only_writes"}
WAITING = "Looking at the server and at its files."


class PlanScreen(Page, inherit_bindings=False):
    """The plan, how else it may be made, and both answers; No is marked at first."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(PLAN_KEYS)
    KEYS: tuple[Key, ...] = PLAN_KEYS

    def __init__(
        self, title: str, agree: Callable[[Proposal, Options], object], view: View, theme: Theme
    ) -> None:
        """`agree` is called once the user has said yes; what there is to agree to comes by `take`."""
        super().__init__(title, self._drawn, view, theme)
        self._agree = agree
        self._proposal: Proposal | None = None
        self._note: str | None = None
        self._options: Options | None = None
        self._is_yes = False

    @property
    def options(self) -> Options:
        """How it is to be made; through a proxy, where one is known, unless its user says otherwise."""
        if self._options is not None:
            return self._options
        return Options(is_held=self._proposal is not None and self._proposal.costs_held is not None)

    def take(self, proposal: Proposal, note: str | None = None) -> None:
        """Show a plan; `note` says why it is shown again."""
        self._proposal, self._note = proposal, note
        self._offset, self._is_yes = 0, False
        self.redraw()

    def wait(self) -> None:
        """Take no answer while the plan is looked at once more."""
        self._options, self._proposal = self.options, None
        self.redraw()

    def _drawn(self, _: View, width: int) -> list[Line]:
        proposal, options = self._proposal, self.options
        if proposal is None:
            return plan_lines(["", WAITING], width)
        note = [f"note: {self._note} This is the plan as things are now.", ""] if self._note else []
        said = plan_lines([*note, *proposal.said(options)], width)
        return [(), *said, *option_lines(proposal.offered(options), width)]

    def _foot_lines(self, width: int) -> list[Line]:
        if self._proposal is None:
            return [key_line(PAGE_KEYS, width)]
        if self._view.notice is not None:
            return notice_lines(self._view.notice, width)
        return [answer_line(self._is_yes, width), key_line(self.KEYS, width)]

    def action_mark(self) -> None:
        """Mark the other answer."""
        self._is_yes = not self._is_yes
        self.redraw()

    def action_choose(self) -> None:
        """Give the marked answer."""
        if self._is_yes:
            self.action_yes()
        else:
            self.action_close()

    def action_yes(self) -> None:
        """Agree, once there is something to agree to."""
        if self._proposal is not None:
            self._agree(self._proposal, self.options)

    def action_turn(self, key: str) -> None:
        """Make it otherwise, or not after all; by the key of one of the ways that are offered."""
        proposal, options = self._proposal, self.options
        if proposal is None or key not in {each for each, _, _ in proposal.offered(options)}:
            return
        name = WAYS[key]
        self._options = replace(options, **{name: not getattr(options, name)})
        self.redraw()


class CommandsPage(Page, inherit_bindings=False):
    """What a person is to type instead; it can be copied."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(COPY_KEYS)
    KEYS: tuple[Key, ...] = COPY_KEYS

    def __init__(
        self,
        title: str,
        said: Sequence[str],
        commands: Sequence[str],
        copy: Callable[[str], object],
        view: View,
        theme: Theme,
    ) -> None:
        """`commands` are what `copy` is called with, as one text."""
        super().__init__(title, lambda _, width: [(), *plan_lines(said, width)], view, theme)
        self._commands = commands
        self._copy = copy
        if not commands:
            self.KEYS = PAGE_KEYS

    def action_copy(self) -> None:
        """Copy what is to be typed."""
        if self._commands:
            self._copy("\n".join(self._commands))


def failure(title: str, text: str, view: View, theme: Theme) -> Page:
    """Why there is no plan."""

    def lines(_: View, width: int) -> list[Line]:
        return [(), *plan_lines([text], width)]

    return Page(title, lines, view, theme)

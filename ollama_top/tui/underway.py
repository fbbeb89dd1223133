"""A change of settings that is under way: started once it was agreed to, followed, and told of in the end.

Must never end it: the process that makes it outlives the monitor.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ollama_top.apply.events import Deed, Ended, Event, Order, Refused, Said, Stuck
from ollama_top.columns.cell import Cell, Role
from ollama_top.control.plan_words import differences
from ollama_top.model.plan import Plan
from ollama_top.tui.change_process import ChangeProcess
from ollama_top.tui.changestand import ChangeStand, follow
from ollama_top.tui.messages import ChangeTold
from ollama_top.tui.reach import Here
from ollama_top.tui.screens import questions
from ollama_top.tui.screens.choice import YES, Confirm
from ollama_top.tui.screens.progress import ProgressScreen

if TYPE_CHECKING:
    from ollama_top.tui.monitor import Monitor

BEGINNING = "beginning"
LEAVE = "Leave ollama-top while settings are changed?"
GOES_ON = (
    "The change goes on without it, to its end or back to what was.",
    "`ollama-top history` tells what came of it.",
)
KILL_COSTS = ("It was asked to end (SIGTERM), and has not. Killed, it cannot save anything.",)


class UnderWay:
    """The part of the monitor that follows a change."""

    def __init__(self, monitor: "Monitor", kept: Callable[[Plan], object]) -> None:
        """`kept` hears of a plan that is in force."""
        self.monitor = monitor
        self.stand = ChangeStand()
        self._kept = kept
        self._process: ChangeProcess | None = None
        self._leaving: Confirm | None = None

    @property
    def is_going(self) -> bool:
        """Whether a change is under way."""
        return self._process is not None and not self.stand.is_over

    def start(self, order: Order) -> None:
        """Have a plan carried out, and show how far it is."""
        if not isinstance(self.monitor.reach, Here):
            raise TypeError("a plan is one for this machine")
        self.stand = ChangeStand(tuple(differences(order.plan)), order.deed == Deed.TAKE_BACK)
        words = self.monitor.reach.command(("set", "--carry"))
        self._process = ChangeProcess(
            words, order, lambda event: self.monitor.post_message(ChangeTold(event))
        )
        self._process.start()
        self.monitor.update(changing=BEGINNING)
        self.show()

    def show(self) -> None:
        """Show how far it is, or what came of it."""
        screen = ProgressScreen(
            lambda: self.stand,
            lambda text: self.monitor.hands.send(text, "what to do", "text"),
            self.monitor.terminal.action_burst,
            self.monitor.view,
            self.monitor.look,
        )
        self.monitor.push_screen(screen, lambda _: self.monitor.update())

    def hear(self, event: Event) -> None:
        """Take up what its process tells."""
        self.stand = follow(self.stand, event)
        match event:
            case Said(text):
                self.monitor.update(changing=text)
            case Stuck(pid):
                self._ask_to_kill(pid)
            case Ended() | Refused():
                self._over()

    def _ask_to_kill(self, pid: int) -> None:
        question = questions.confirm(
            f"Process {pid} does not end. Kill it?", KILL_COSTS, "Kill it (SIGKILL).", self.monitor.look
        )

        def answered(answer: str | None) -> None:
            self.monitor.update()
            if self._process is not None:
                self._process.answer(kill=answer == YES)

        self.monitor.push_screen(question, answered)

    def _over(self) -> None:
        receipt = self.stand.receipt
        role = Role.GOOD if self.stand.is_as_wanted else Role.WARNING
        is_shown = any(isinstance(each, ProgressScreen) for each in self.monitor.terminal.screen_stack)
        self.monitor.update(changing=None, notice=None if is_shown else Cell(self.stand.outcome, role))
        if receipt is not None and self.stand.is_kept:
            self._kept(receipt.plan)
        if not self.stand.is_as_wanted and not is_shown:
            self.show()  # until the user has read it
        self.monitor.bridge.look_now()

    def ask_to_leave(self) -> None:
        """Ask whether to end the monitor all the same; whoever is asked already, and asks again, means it."""
        if self._leaving is not None and self._leaving in self.monitor.terminal.screen_stack:
            self.monitor.terminal.exit()
            return
        self._leaving = questions.confirm(LEAVE, GOES_ON, "Leave; the change goes on.", self.monitor.look)
        self.monitor.push_screen(self._leaving, self._left)

    def _left(self, answer: str | None) -> None:
        self._leaving = None
        self.monitor.update()
        if answer == YES:
            self.monitor.terminal.exit()

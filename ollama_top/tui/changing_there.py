"""Changes of settings that another machine makes: in the terminal its own ollama-top plans and asks.

Must never plan here, nor look into this machine's journal: both would be of the wrong machine. What is told
of the outcome is told by the exit status; the receipt was read in the terminal.
"""

import shlex
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from ollama_top.columns.cell import Cell, Role
from ollama_top.control.asked import HOST
from ollama_top.model import exit_codes
from ollama_top.model.finding import Change
from ollama_top.ollama.host import parse_target
from ollama_top.remote import ssh
from ollama_top.tui.plain_terminal import NOT_STARTED, plain_terminal, talk
from ollama_top.tui.reach import There

if TYPE_CHECKING:
    from ollama_top.tui.monitor import Monitor

BEFORE = "ollama-top: `{command}` on {host}, which shows its plan and asks.\n"
BY_HAND = "There is no terminal to lend: {command}"
UNKNOWN = "what came of it is not known here: `ollama-top history` there tells"
OUTCOMES = {
    exit_codes.DONE: ("it is as you asked", Role.GOOD),
    exit_codes.TAKEN_BACK: ("it did not hold, and was taken back", Role.WARNING),
    exit_codes.NOTHING_READ: ("nothing was changed", Role.NOTICE),
    exit_codes.NOT_TAKEN_BACK: ("it could not be taken back: `ollama-top history` there tells", Role.ERROR),
    exit_codes.USAGE: ("its ollama-top does not take that; is it older? Nothing was changed", Role.WARNING),
    exit_codes.INTERRUPTED: (f"it was interrupted; {UNKNOWN}", Role.WARNING),
    ssh.NOT_FOUND: ("ollama-top is not found there; nothing was changed", Role.WARNING),
    ssh.FAILED: (f"ssh failed, or the line was cut; {UNKNOWN}", Role.ERROR),
    NOT_STARTED: ("ssh cannot be run here; nothing was changed", Role.ERROR),
}


class ChangingThere:
    """The part of the monitor that has another machine change its settings."""

    def __init__(self, monitor: "Monitor", in_force: Callable[[Iterable[Change]], object]) -> None:
        """`in_force` hears of changes that were made."""
        self.monitor = monitor
        self._in_force = in_force

    def begin(self, reach: There, changes: Sequence[Change]) -> None:
        """Have these changes planned, agreed to and made there."""
        if self._status(reach, words(changes)) == exit_codes.DONE:
            self._in_force(changes)
            self.monitor.update()
            self._follow(changes)

    def _follow(self, changes: Sequence[Change]) -> None:
        """Go on with a server that answers elsewhere now."""
        host = next((each for each in changes if each.name == HOST), None)
        if host is not None:
            self.monitor.follow(parse_target(host.value or "").url)

    def undo(self, reach: There) -> None:
        """Have the last change taken back there."""
        self._status(reach, ("undo",))

    def _status(self, reach: There, asked: Sequence[str]) -> int | None:
        """How it ended, which is told; None where it was not begun."""
        command = f"ollama-top {shlex.join(asked)}"
        try:
            with plain_terminal(self.monitor):
                status = talk(reach.dialogue(asked), BEFORE.format(command=command, host=reach.host))
        except SuspendNotSupported:
            by_hand = shlex.join(("ssh", "-t", reach.host, command))
            self.monitor.update(notice=Cell(BY_HAND.format(command=by_hand), Role.NOTICE))
            return None
        self.monitor.update(notice=outcome(reach.host, status))
        self.monitor.bridge.look_now()
        return status


def words(changes: Sequence[Change]) -> tuple[str, ...]:
    """What asks for these changes."""
    given = (f"{each.name}={each.value}" for each in changes if each.value is not None)
    taken = (f"--unset={each.name}" for each in changes if each.value is None)
    return ("set", *given, *taken)


def outcome(host: str, status: int) -> Cell:
    """What an exit status of `set` or `undo` there says."""
    said, role = OUTCOMES.get(status, (f"it ended with status {status}; {UNKNOWN}", Role.WARNING))
    return Cell(f"{host}: {said}.", role)

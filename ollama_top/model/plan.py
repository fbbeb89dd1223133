"""A change of a server's settings as data: shown, refused, carried out, verified and undone as such.

Must never hold the text of a file beyond the lines that are changed: others may hold secrets.
"""

from dataclasses import dataclass
from datetime import datetime

from ollama_top.model.fact import fact
from ollama_top.model.finding import Change
from ollama_top.model.server import Keeper
from ollama_top.model.vocabulary import Vocabulary


class StepKind(Vocabulary):
    """What a step does."""

    EDIT = "edit", "lines of a file are written, changed or removed"
    RELOAD = "reload", "the manager reads its files anew"
    RESET = "reset", "the manager forgets earlier starts, of which too many in a row make it refuse"
    RESTART = "restart", "the manager restarts the server"
    RESPAWN = "respawn", "the server's process is asked to end, and started anew as it was started before"


RESTARTS = frozenset({StepKind.RESTART, StepKind.RESPAWN})
WITHOUT_RESTART = frozenset({StepKind.EDIT, StepKind.RELOAD})


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines in a row that give way to others."""

    line: int = fact("Where they begin in the file as it is, from 1.")
    before: tuple[str, ...] = fact("The lines as they are, each with the line feed before it.")
    after: tuple[str, ...] = fact("The lines as they are to be, in the same way.")


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one file; what stays as it is, is not in it."""

    path: str = fact("The file.")
    hunks: tuple[Hunk, ...] = fact("The lines that change, the first first.")
    digest_before: str | None = fact("SHA-256 of the file as it is; null where there is none.")
    digest_after: str | None = fact("SHA-256 of the file as it is to be; null where there is to be none.")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done."""

    kind: StepKind = fact("What it does.")
    edit: Edit | None = fact("The change of a file; null where it is none.", default=None)
    argv: tuple[str, ...] = fact("The command, word by word; none where it is none.", default=())


@dataclass(frozen=True, slots=True)
class ServerRun:
    """One run of the server, told apart from the next."""

    pid: int = fact("Its process.")
    started_at: datetime = fact("When that was started.")


@dataclass(frozen=True, slots=True)
class BareProcess:
    """How a server that no manager keeps was started: what it takes to start it anew."""

    argv: tuple[str, ...] = fact("Its command line.")
    program: str = fact("The program that it runs.")
    folder: str = fact("The folder that it was started in.")
    user: str = fact("The user that it runs as.")
    log: str = fact("The file that its output goes to, added at the end.")
    environment: tuple[Change, ...] = fact(
        "What it has of variables for Ollama and its GPUs, as far as they are no secrets; the rest is handed"
        " on from process to process, and is never written down."
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """How variables are changed for a server, and what that means."""

    url: str = fact("Where the server answers now.")
    url_then: str = fact("Where it is to answer.")
    keeper: Keeper | None = fact("Who keeps it; null where that is not known.")
    service: str = fact("The name of its unit or container; of a bare process, what it is called here.")
    changes: tuple[Change, ...] = fact("What is to be.")
    was: tuple[Change, ...] = fact("What the next start would get of the same variables now.")
    steps: tuple[Step, ...] = fact("What is done, in this order; none where ollama-top cannot do it.")
    undo: tuple[Step, ...] = fact("What takes it back, in this order.")
    needs_root: bool = fact("Whether the steps need root's rights.")
    refusal: str | None = fact("Why ollama-top does not do it; null where it can.")
    instructions: tuple[str, ...] = fact("How it is done by hand, one step a line.")
    costs: tuple[str, ...] = fact("What a restart costs now, one sentence each.")
    notes: tuple[str, ...] = fact("What else there is to know, one sentence each.")
    run: ServerRun | None = fact("The run of the server that is to end; null where it does not run.")
    bare: BareProcess | None = fact("How it was started; null where a manager knows.", default=None)

    @property
    def restarts(self) -> bool:
        """Whether the server is restarted by it."""
        return any(each.kind in RESTARTS for each in self.steps)

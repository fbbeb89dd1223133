"""One check asked about one Snapshot."""

from typing import Any

import frames

from ollama_top.doctor.check import Found
from ollama_top.doctor.checks import CHECKS
from ollama_top.model.history import History


def ask(name: str, *, history: History = History(), **changes: Any) -> list[Found]:  # noqa: B008 - it is frozen
    """What a check finds in a Snapshot; keywords are fields of it."""
    check = next(each for each in CHECKS if each.id == name)
    return [*check.look(frames.frame(**changes).snapshot, history)]


def changes_of(found: Found) -> dict[str, str | None]:
    """The variables that a fix would change."""
    return {each.name: each.value for each in found.fix.changes} if found.fix else {}


def command_of(found: Found) -> str:
    """The command of a fix, in one line."""
    return " ".join(found.fix.argv) if found.fix else ""

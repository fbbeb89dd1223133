"""What a check is: a question to one Snapshot and its history, and what it may answer. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ollama_top.model.finding import Evidence, Fix
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.verdict import Severity


@dataclass(frozen=True, slots=True)
class Found:
    """What a check has found once; its id and usual severity are the check's."""

    title: str
    cause: str
    evidence: tuple[Evidence, ...]
    fix: Fix | None = None
    settle: str | None = None
    subject: str = ""  # what tells it from another find of the same check: a model, a variable
    severity: Severity | None = None  # where it is not the check's own


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that can be wrong, and how it is looked for."""

    id: str  # never changes: people and programs know it by that
    looks_for: str  # in one line, for a person
    severity: Severity
    look: Callable[[Snapshot, History], Iterable[Found]]
    lasts_s: float = 0.0  # how long it must have been found before it is told: what passes is no fault

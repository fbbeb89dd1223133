"""What could be better, with its evidence and its mend."""

import shlex
from dataclasses import dataclass

from ollama_top.model.fact import fact
from ollama_top.model.reading import Source
from ollama_top.model.verdict import Severity
from ollama_top.model.vocabulary import Vocabulary

BAD = frozenset({Severity.WARNING, Severity.ERROR})


class Confidence(Vocabulary):
    """How often it was seen."""

    ONCE = "once", "at this look, and not at the one before"
    CONFIRMED = "confirmed", "at two looks in turn or more"


class FixKind(Vocabulary):
    """How a finding is mended."""

    SET = "set", "variables of the server are changed, and the server restarted"
    COMMAND = "command", "a command is run"


@dataclass(frozen=True, slots=True)
class Change:
    """One variable to be changed."""

    name: str = fact("Its name.")
    value: str | None = fact("Its new value; null takes it away.")


@dataclass(frozen=True, slots=True)
class Fix:
    """What mends it: changes of variables, or the words of a command."""

    kind: FixKind = fact("How it is mended.")
    changes: tuple[Change, ...] = fact("Variables to change; none for a command.")
    argv: tuple[str, ...] = fact("The command, word by word; none for changes.")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact that speaks for a finding."""

    text: str = fact("The fact, in one line.")
    source: Source = fact("Where it comes from.")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that could be better."""

    id: str = fact("The check that found it; the same from version to version.")
    subject: str = fact("What it is about: a variable, a model, a file; it tells finds of one check apart.")
    severity: Severity = fact("How much it matters.")
    confidence: Confidence = fact("How often it was seen.")
    title: str = fact("What is found, in one line.")
    cause: str = fact("Why it is so, in one sentence.")
    evidence: tuple[Evidence, ...] = fact("What speaks for it.")
    fix: Fix | None = fact("What mends it; null when nothing does that could be proposed.")
    settle: str | None = fact("What would settle it, where it is not sure; null where it is.")

    @property
    def is_alarming(self) -> bool:
        """Whether it is worth a call to somebody who does not look: it is bad, and was seen twice."""
        return self.severity in BAD and self.confidence is Confidence.CONFIRMED


def to_set(**changes: str | None) -> Fix:
    """A fix that changes variables."""
    return Fix(FixKind.SET, tuple(Change(name, value) for name, value in changes.items()), ())


def to_set_all(changes: tuple[Change, ...]) -> Fix:
    """A fix that is changes of variables, whatever they are called."""
    return Fix(FixKind.SET, changes, ())


def to_run(*argv: str) -> Fix:
    """A fix that is a command."""
    return Fix(FixKind.COMMAND, (), argv)


def mend(fix: Fix) -> str:
    """A fix in one line: what to set, or what to type."""
    if fix.kind is FixKind.COMMAND:
        return shlex.join(fix.argv)
    return ", ".join(_change(each) for each in fix.changes)


def _change(change: Change) -> str:
    return f"set {change.name}={change.value}" if change.value is not None else f"take {change.name} away"

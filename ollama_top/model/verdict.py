"""The one line that answers: is it alive, does anything wait, and why."""

from dataclasses import dataclass

from ollama_top.model.fact import fact
from ollama_top.model.vocabulary import Vocabulary


class Severity(Vocabulary):
    """How much it matters, least first."""

    OK = "ok", "nothing is wrong"
    INFO = "info", "worth knowing; nothing is to be done"
    WARNING = "warning", "somebody waits, or something is not as it should be"
    ERROR = "error", "something does not work"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The worst thing that this Frame shows, in plain words."""

    severity: Severity = fact("How much it matters.")
    text: str = fact("One sentence made of facts of this Frame.")
    finding: str | None = fact(
        "Id of the finding that it tells, or that tells more of it; null where none does.", default=None
    )

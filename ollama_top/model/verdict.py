"""The one line that answers: is it alive, does anything wait, and why."""

from dataclasses import dataclass
from enum import StrEnum

from ollama_top.model.fact import fact


class Severity(StrEnum):
    """How much it matters, least first."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The worst thing that this Frame shows, in plain words."""

    severity: Severity = fact("How much it matters.")
    text: str = fact("One sentence made of facts of this Frame.")

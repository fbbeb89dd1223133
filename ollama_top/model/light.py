"""How a source of values is doing."""

from dataclasses import dataclass

from ollama_top.model.fact import fact
from ollama_top.model.vocabulary import Vocabulary


class LightState(Vocabulary):
    """The state of a source, best first."""

    OK = "ok", "answered at the last look"
    PENDING = "pending", "not looked at yet"
    SLOW = "slow", "a look is under way for longer than its share"
    LIMITED = "limited", "answered, and some of it may not be read"
    ABSENT = "absent", "there is nothing of the kind here"
    FAILED = "failed", "the last look failed"


@dataclass(frozen=True, slots=True)
class Light:
    """One source of values: its state, its age and its reason."""

    name: str = fact("Name of the source, a word of Source.")
    state: LightState = fact("How it is doing.")
    age_s: float | None = fact("Seconds since its values were read; null before the first.")
    took_s: float | None = fact("How long the last look took.")
    problem: str | None = fact("What is wrong, in one sentence; null when nothing is.")

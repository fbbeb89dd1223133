"""One kind of action in all its words: what it costs, what it is called on its way, how it shows.

Must never call an action done before a Frame shows it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ollama_top.model.action import Action, Progress
from ollama_top.model.frame import Frame
from ollama_top.model.verdict import Severity


@dataclass(frozen=True, slots=True)
class Plan:
    """An action with all that a user should know before agreeing to it."""

    action: Action
    question: str
    costs: tuple[str, ...]  # one sentence each
    consent: str  # what the answer Yes says


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an action, for a person."""

    severity: Severity
    text: str


@dataclass(frozen=True, slots=True)
class Doing:
    """An action under way."""

    number: int  # tells it from others of its kind
    action: Action
    before: Frame  # when the user agreed
    taken_at: datetime | None = None  # when the server had agreed too; None while it is being asked
    progress: Progress | None = None


Seen = Callable[[Any, Frame, Frame], Outcome | None]
"""An action, the Frame before it and the Frame of now: what came of it, or None while that is not seen."""


@dataclass(frozen=True, slots=True)
class Deed:
    """The words and the proof of one kind of action."""

    asking: Callable[[Any], str]  # while the server is being asked
    taken: Callable[[Any], str]  # once it has agreed, and nothing is seen of it yet
    seen: Seen
    limit_s: float  # from its agreement; after that the user is told that nothing was seen
    unseen: Callable[[Any], str]
    failed: Callable[[Any], str]  # the title over what the server said
    left: str = "Nothing was changed."  # what a failure leaves behind
    can_end: bool = False  # whether closing the connection ends it while the server is being asked

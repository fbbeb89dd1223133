"""What came of a change of settings, and what is kept of one."""

from dataclasses import dataclass
from datetime import datetime

from ollama_top.model.fact import fact
from ollama_top.model.plan import Plan
from ollama_top.model.vocabulary import Vocabulary


class Outcome(Vocabulary):
    """How a change ended."""

    KEPT = "kept", "it is in force, as far as its receipt says that it was seen"
    CALLED_OFF = "called off", "nothing was restarted, and the files are as they were"
    ROLLED_BACK = "rolled back", "the server did not get well with it, and is as it was before"
    FAILED = "failed", "it could neither be carried out nor taken back: a person has to look"
    UNDONE = "undone", "it was kept, and taken back later"


class Way(Vocabulary):
    """In which direction the steps of a plan are gone."""

    THERE = "there", "to what is wanted"
    BACK = "back", "to what was"


@dataclass(frozen=True, slots=True)
class Begun:
    """A step that was begun; it is written down before it is."""

    way: Way = fact("In which direction.")
    step: int = fact("Which step of that way, from 0.")
    at: datetime = fact("When.")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a change, for a person and for a program."""

    outcome: Outcome = fact("How it ended.")
    text: str = fact("What happened, in a sentence.")
    seen: tuple[str, ...] = fact("What was seen of it, one sentence each.")
    to_do: tuple[str, ...] = fact("What is left for a person, one step a line; none where nothing is.")
    plan: Plan = fact("What was to be done.")


@dataclass(frozen=True, slots=True)
class Entry:
    """A change as it is kept."""

    name: str = fact("What it is called: the name of its file.")
    machine: str = fact("The machine on which it was made.")
    began_at: datetime = fact("When it was begun.")
    plan: Plan = fact("What was to be done.")
    begun: tuple[Begun, ...] = fact("The steps that were begun, in their order.")
    outcome: Outcome | None = fact("How it ended; null where it was cut off.")
    text: str | None = fact("What came of it, in a sentence; null where it was cut off.")
    undoes: str | None = fact("The change that it takes back; null where it is none of these.")

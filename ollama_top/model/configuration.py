"""What the next start of a server would get for an environment, and who says so; the same for every manager.

Must never hold the value of a variable that is not meant for Ollama, its runners or its GPUs.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ollama_top.model.vocabulary import Vocabulary


class Layer(Vocabulary):
    """A place in which a variable can be set for a server; the later goes before the earlier."""

    MANAGER = "manager", "the service manager's own environment"
    UNIT = "unit", "the service's own file, which an update of Ollama writes anew"
    DROP_IN = "drop-in", "a file beside the service's own, which updates leave alone"
    ENVIRONMENT_FILE = "environment file", "a file that the service names for its environment"
    CONTAINER = "container", "the container's definition, fixed when it is created"
    APP = "app", "the settings of Ollama's app"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said."""

    layer: Layer
    path: str | None  # the file; None where there is none
    line: int | None = None

    def __str__(self) -> str:
        """The place in one word for a person."""
        if self.path is None:
            return f"the {self.layer.value}'s environment"
        return self.path if self.line is None else f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One variable as set in one place; `value` is None where it is taken away there, or not known."""

    name: str
    value: str | None
    place: Place
    problem: str | None = None  # why the value is not known; None where it is known or taken away


@dataclass(frozen=True, slots=True)
class Rejected:
    """What was meant to set a variable and does not."""

    text: str  # as far as it is about Ollama
    place: Place
    why: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A place that may set variables and could not be read."""

    place: Place
    why: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that has a say in the environment of the next start."""

    assignments: tuple[Assignment, ...] = ()  # in the order in which they take effect: the last wins
    rejected: tuple[Rejected, ...] = ()
    unread: tuple[Unread, ...] = ()

    def said(self, name: str) -> tuple[Assignment, ...]:
        """All that is said of a variable; the last holds."""
        return tuple(each for each in self.assignments if each.name == name)

    def names(self) -> frozenset[str]:
        """The variables that are said anything of."""
        return frozenset(each.name for each in self.assignments)


def joined(parts: Iterable[Configuration]) -> Configuration:
    """Several configurations, the later of which goes before the earlier."""
    several = tuple(parts)
    return Configuration(
        tuple(each for part in several for each in part.assignments),
        tuple(each for part in several for each in part.rejected),
        tuple(each for part in several for each in part.unread),
    )

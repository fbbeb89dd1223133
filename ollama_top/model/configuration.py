"""What the next start of a server would get for an environment, and who says so; the same for every manager.

Must never hold the value of a variable that is not meant for Ollama, its runners or its GPUs.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ollama_top.model.fact import fact
from ollama_top.model.vocabulary import Vocabulary


class Layer(Vocabulary):
    """A place in which a variable can be set for a server; the later goes before the earlier."""

    MANAGER = "manager", "the service manager's own environment"
    SESSION = "session", "launchd's environment of a user's session, which `launchctl setenv` sets"
    UNIT = "unit", "the service's own file, which an update of Ollama writes anew"
    DROP_IN = "drop-in", "a file beside the service's own, which updates leave alone"
    ENVIRONMENT_FILE = "environment file", "a file that the service names for its environment"
    IMAGE = "image", "the image of a container"
    CONTAINER = "container", "the container's definition, fixed when it is created"
    SNAP = "snap", "what `snap set` has set"
    APP = "app", "the settings of Ollama's app"


SETTINGS = frozenset({Layer.SNAP, Layer.APP})
"""Layers that hold settings by names of their own."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said."""

    layer: Layer = fact("What kind of place it is.")
    path: str | None = fact("The file; null where there is none.")
    line: int | None = fact("The line, from 1; null where there is none.", default=None)

    def __str__(self) -> str:
        """The place in one word for a person."""
        if self.path is None:
            what = "own setting" if self.layer in SETTINGS else "environment"
            return f"the {self.layer.value}'s {what}"
        return self.path if self.line is None else f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One variable as set in one place."""

    name: str = fact("Its name.")
    value: str | None = fact("Its value; null where it is taken away there, or not known.")
    place: Place = fact("Where it stands.")
    problem: str | None = fact(
        "Why the value is not known; null where it is known, or taken away.", default=None
    )


@dataclass(frozen=True, slots=True)
class Rejected:
    """What was meant to set a variable and does not."""

    text: str = fact("What stands there, as far as it is about Ollama.")
    place: Place = fact("Where it stands.")
    why: str = fact("Why it has no effect.")


@dataclass(frozen=True, slots=True)
class Unread:
    """A place that may set variables and could not be read."""

    place: Place = fact("Which place it is.")
    why: str = fact("Why it could not be read.")
    names: tuple[str, ...] | None = fact(
        "The only variables that it could set; null where it could set any.", default=None
    )


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that has a say in the environment of the next start."""

    assignments: tuple[Assignment, ...] = fact(
        "Variables in the order in which they take effect: the last wins.", default=()
    )
    rejected: tuple[Rejected, ...] = fact("What was meant to set a variable and does not.", default=())
    unread: tuple[Unread, ...] = fact("Places that may set variables and could not be read.", default=())

    def said(self, name: str) -> tuple[Assignment, ...]:
        """All that is said of a variable; the last holds."""
        return tuple(each for each in self.assignments if each.name == name)

    def unread_for(self, name: str) -> Unread | None:
        """A place that could not be read and may set this variable; None where there is none."""
        return next((each for each in self.unread if each.names is None or name in each.names), None)

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

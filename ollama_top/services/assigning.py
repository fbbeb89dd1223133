"""A variable as a place sets it, unless its value may be a secret: that is not kept. Pure."""

from collections.abc import Iterable

from ollama_top.model.configuration import Assignment, Place
from ollama_top.ollama.environment import concerns, kept

SECRET = "its value may be a secret, and is not kept"  # noqa: S105 - a sentence


def assigned(name: str, value: str | None, place: Place) -> Assignment:
    """A variable as set there; None takes it away."""
    shown = None if value is None else kept(name, value)
    return Assignment(name, shown, place, SECRET if value is not None and shown is None else None)


def of_pairs(pairs: Iterable[tuple[str, str]], place: Place) -> tuple[Assignment, ...]:
    """Those that concern Ollama, of all that a place sets."""
    return tuple(assigned(name, value, place) for name, value in pairs if concerns(name))

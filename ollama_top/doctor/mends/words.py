"""Changes as the words of commands, the same for every keeper. Pure."""

from collections.abc import Sequence

from ollama_top.model.configuration import Layer
from ollama_top.model.finding import Change
from ollama_top.model.service import Service


def pairs(changes: Sequence[Change]) -> list[str]:
    """NAME=VALUE of each that is set."""
    return [f"{each.name}={each.value}" for each in changes if each.value is not None]


def taken_away(changes: Sequence[Change]) -> list[str]:
    """The names of those that are to go."""
    return [each.name for each in changes if each.value is None]


def layer_of(name: str, kept: Service | None) -> Layer | None:
    """Which kind of place has the last word on a variable now; None where none has."""
    said = kept.configuration.said(name) if kept else ()
    return said[-1].place.layer if said else None

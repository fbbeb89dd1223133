"""A piece of text on the screen and what it means; no colours, which a theme decides.

Must never hold a character that a terminal would act upon: every cell is made printable.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from ollama_top.model.reading import Known, Reading, Source
from ollama_top.model.text import printable

T = TypeVar("T")


class Role(StrEnum):
    """What a piece of text is, by which a theme chooses its style."""

    PLAIN = "plain"
    FAINT = "faint"  # labels, units, what is missing or stale
    STRONG = "strong"  # the number or name that the eye looks for
    NAME = "name"  # names of models
    GOOD = "good"
    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"
    GAUGE = "gauge"  # bars and plots
    GAUGE_HIGH = "gauge_high"
    TRACK = "track"  # the empty part of a bar
    HEADER = "header"
    HEADER_FOCUSED = "header_focused"
    CURSOR = "cursor"
    BADGE = "badge"  # DEMO, PAUSED
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Cell:
    """Text of one meaning; printable by construction."""

    text: str
    role: Role = Role.PLAIN

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", printable(self.text))


Line = tuple[Cell, ...]
"""One line of the screen, from its left edge."""

UNKNOWN = Cell("-", Role.FAINT)
WORKED_OUT = frozenset({Source.PREDICTED, Source.ESTIMATE})


def shown(reading: Reading[T], text: Callable[[T], str], role: Role = Role.PLAIN) -> Cell:
    """A reading as a cell: a dash where it is missing, a `~` before what was worked out, not seen."""
    if not isinstance(reading, Known):
        return UNKNOWN
    mark = "~" if reading.source in WORKED_OUT else ""
    return Cell(mark + text(reading.value), role)

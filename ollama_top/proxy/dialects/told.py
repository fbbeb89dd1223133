"""What requests ask and replies tell, in the same words whatever the dialect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from re import Pattern
from typing import Any, NamedTuple, Protocol

from ollama_top.model.exchange import Dialect, Finish, Route
from ollama_top.proxy.metering.tail import Ending

LONGEST_NAME = 256
LONGEST_WORD = 32


class Asked(NamedTuple):
    """What the meter wants to know of a request; None for what it does not say.

    A tuple, as one is made for every request: a frozen dataclass takes five times as long to make.
    """

    model: str | None = None
    streamed: bool = False
    num_ctx: int | None = None
    keep_alive: str | None = None
    num_predict: int | None = None


class Told(NamedTuple):
    """What the end of a reply tells; None for what it does not. A tuple for the same reason."""

    is_end: bool = False  # the answer came to its end, by the dialect's own mark
    has_failed: bool = False  # it says that it failed
    finish: Finish | None = None
    prompt_tokens: int | None = None
    output_tokens: int | None = None
    total_s: float | None = None
    load_s: float | None = None
    prefill_s: float | None = None
    write_s: float | None = None


class Tell(Protocol):
    """Reads the end of a reply."""

    def __call__(self, ending: Ending, *, is_streamed: bool) -> Told:
        """What the end of a reply tells, which came in pieces or at once."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How the exchanges of one route are read."""

    dialect: Dialect
    route: Route
    wanted: frozenset[str]  # names in the request, in lower case
    ask: Callable[[Mapping[str, Any]], Asked]
    content: Pattern[bytes]  # in a streamed reply: complete with the first byte of content
    tell: Tell
    lines_a_piece: int = 1  # of a streamed reply; a piece is a token, or close to it
    has_form: bool = False  # the request is a form, not JSON
    writes: bool = True  # the model writes: an answer has a first token


NOTHING_TOLD = Told()


def name_of(value: object) -> str | None:
    """A text that can be a model's name."""
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST_NAME else None


def whole(value: object) -> int | None:
    """A whole number, also one that is written with a point; None for anything else."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None

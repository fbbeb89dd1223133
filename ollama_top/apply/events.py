"""What passes between the monitor and the process that changes settings for it: an object a line. Pure.

Lines that are not understood are let be, so that either side may be the newer one.
"""

import json
from dataclasses import dataclass, replace
from enum import StrEnum

from ollama_top.model.decoded import BadDocumentError, decode
from ollama_top.model.encoded import encode
from ollama_top.model.fact import fact
from ollama_top.model.plan import Plan
from ollama_top.model.receipt import Receipt

KILL, LEAVE = b"kill\n", b"leave\n"
"""The answers to `Stuck`; none, as of a monitor that has gone, counts as the second."""


class Deed(StrEnum):
    """What a plan is about."""

    SET = "set"  # variables are changed
    UNDO = "undo"  # a change that was kept is taken back
    FINISH = "finish"  # a change that was cut off is brought to its end
    TAKE_BACK = "take back"  # a change that was cut off is taken back


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be carried out: the first line, and the only one that is more than an answer."""

    deed: str = fact("What it is about: the word of a Deed.")
    plan: Plan = fact("What was shown and agreed to.")
    entry: str | None = fact("The change of before that it is about; null where it is a new one.")
    drain_s: float | None = fact("How long requests in flight are waited for; null for not at all.")
    brings_back: bool = fact("Whether models that were in memory are loaded again.")
    is_held: bool = fact("Whether the proxies before the server keep new requests back meanwhile.")


@dataclass(frozen=True, slots=True)
class Said:
    """What is being done."""

    text: str = fact("In words.")


@dataclass(frozen=True, slots=True)
class Stuck:
    """A question: whether a process that does not end may be killed."""

    pid: int = fact("Its number.")


@dataclass(frozen=True, slots=True)
class Ended:
    """It is over."""

    receipt: Receipt = fact("What came of it.")


@dataclass(frozen=True, slots=True)
class Refused:
    """It is over, and there is no receipt."""

    text: str = fact("Why.")
    to_do: tuple[str, ...] = fact(
        "How it is done by hand, one step a line; none where that is no help.", default=()
    )


Event = Said | Stuck | Ended | Refused
KINDS: dict[str, type[Event]] = {each.__name__.lower(): each for each in (Said, Stuck, Ended, Refused)}


def line_of(event: Event) -> str:
    """An event as one line."""
    return json.dumps({"event": type(event).__name__.lower(), **encode(event, "", {})})


def event_of(line: bytes) -> Event | None:
    """The event that a line is; None of what is none."""
    try:
        document = json.loads(line)
        return decode(KINDS[document["event"]], document, {})
    except (ValueError, KeyError, TypeError, RecursionError, BadDocumentError):
        return None


def order_line(order: Order) -> str:
    """An order as one line."""
    return json.dumps(encode(order, "", {}))


def order_of(line: bytes) -> Order:
    """The order that a line is; raises BadDocumentError."""
    try:
        found = decode(Order, json.loads(line), {})
        return replace(found, deed=Deed(found.deed))
    except (ValueError, RecursionError) as error:
        raise BadDocumentError(f"no order: {error}") from None

"""What goes over the line between two ollama-tops: Frames one way, orders the other, and their answers. Pure.

One JSON object a line. Frames are those of `model.frame_stream`; other lines from there begin an object with
the key `order`, the number of what they answer. Either end may be of another version: a class travels with
the names of its fields.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ollama_top.model.action import (
    Action,
    Keep,
    Load,
    Progress,
    Pull,
    Restart,
    StartProxy,
    StopProxy,
    Unload,
)
from ollama_top.model.installed import InstalledModel
from ollama_top.model.packed import PackedError, Unpacker, layout, pack

KINDS: Mapping[str, Any] = {
    each.__name__: each for each in (Load, Unload, Keep, Pull, Restart, StartProxy, StopProxy)
}
LOOK = "look"
INSTALLED = "installed"
END = "end"


class ProtocolError(Exception):
    """A line that is none of these; the text says why."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for from here, by a number of ours."""

    number: int
    what: str  # LOOK, INSTALLED, END of the order of that number, or the kind of an action
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an order so far."""

    number: int
    is_over: bool
    problem: str | None = None  # why it was not done
    progress: Progress | None = None
    installed: tuple[InstalledModel, ...] = ()


def order_line(order: Order) -> bytes:
    """An order as a line."""
    said: dict[str, Any] = {"order": order.number, "what": order.what}
    if order.action is not None:
        said |= _travelling(order.action)
    return _line(said)


def order_of(line: bytes | str) -> Order:
    """The order that a line is; raises ProtocolError."""
    said = _object(line)
    number, what = said.get("order"), said.get("what")
    if not isinstance(number, int) or not isinstance(what, str):
        raise ProtocolError("no order")
    if what in {LOOK, INSTALLED, END}:
        return Order(number, what)
    if what not in KINDS:
        raise ProtocolError(f"an action that this version does not know: {what[:40]!r}")
    return Order(number, what, _arrived(KINDS[what], said))


def order_for(number: int, action: Action) -> Order:
    """The order to do something."""
    return Order(number, type(action).__name__, action)


def answer_line(answer: Answer) -> bytes:
    """An answer as a line."""
    said: dict[str, Any] = {"order": answer.number, "over": answer.is_over}
    if answer.problem is not None:
        said["problem"] = answer.problem
    if answer.progress is not None:
        said["progress"] = _travelling(answer.progress)
    if answer.installed:
        said["installed"] = [_travelling(each) for each in answer.installed]
    return _line(said)


def answer_of(line: bytes | str) -> Answer | None:
    """The answer that a line is; None for a line of the Frames. Raises ProtocolError."""
    if not bytes(line[:9] if isinstance(line, bytes) else line[:9].encode()).startswith(b'{"order":'):
        return None
    said = _object(line)
    if not isinstance(said.get("order"), int):
        raise ProtocolError("an answer to nothing")
    progress, problem, installed = said.get("progress"), said.get("problem"), said.get("installed", [])
    if not isinstance(installed, list):
        raise ProtocolError("no list of models")
    return Answer(
        said["order"],
        is_over=said.get("over") is True,
        problem=str(problem) if problem is not None else None,
        progress=_arrived(Progress, progress) if isinstance(progress, dict) else None,
        installed=tuple(_arrived(InstalledModel, each) for each in installed),
    )


def _travelling(value: Any) -> dict[str, Any]:  # noqa: ANN401 - one of several classes
    kind: Any = type(value)
    return {"layout": layout(kind), "value": pack(value)}


def _arrived(kind: Any, said: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one of several classes
    try:
        return Unpacker(said["layout"]).unpack(kind, said["value"])
    except (PackedError, LookupError, TypeError) as error:
        raise ProtocolError(f"a value that does not fit: {error}") from None


def _object(line: bytes | str) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"no JSON: {error}") from None
    if not isinstance(said, dict):
        raise ProtocolError("no object")
    return said


def _line(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"

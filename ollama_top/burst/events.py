"""What a burst in a process of its own tells whoever started it: one JSON object a line. Pure.

Lines that are not understood are let be, so that either side may be the newer one; they may come from another
machine.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from math import isfinite
from typing import Any, get_type_hints

from ollama_top.burst.course import Course, Statistics
from ollama_top.config.kept_results import BURSTS
from ollama_top.model.burst import KeptBurst
from ollama_top.model.packed import PackedError, Unpacker, layout


@dataclass(frozen=True, slots=True)
class Begun:
    """What is sent."""

    model: str
    requests: int
    tokens: int
    is_demo: bool
    loads: bool  # whether the model is not in memory yet


@dataclass(frozen=True, slots=True)
class Moved:
    """How far the requests are that have moved since the last such line."""

    now_s: float  # of the clock of their moments
    courses: tuple[Course, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """What was measured."""

    code: int
    verdict: str
    notes: tuple[str, ...]
    burst: KeptBurst
    history: tuple[KeptBurst, ...]  # of this model, the newest last


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing could be measured."""

    text: str


@dataclass(frozen=True, slots=True)
class Parted:
    """It was cancelled, and all its requests are closed."""

    notes: tuple[str, ...]  # what it left changed


Event = Begun | Moved | Ended | Failed | Parted
KINDS: dict[str, type[Any]] = {each.__name__.lower(): each for each in (Begun, Moved, Ended, Failed, Parted)}
CHECKS = Unpacker(layout(Course))


def encode(event: Event) -> str:
    """An event as one line."""
    values = {each.name: _plain(getattr(event, each.name)) for each in fields(event)}
    return json.dumps({"event": type(event).__name__.lower(), **values})


def decode(line: bytes) -> Event | None:
    """The event that a line is; None of what is none, or holds a number that none can be."""
    try:
        values = json.loads(line, parse_constant=_number, parse_float=_number)
        kind = KINDS[values.pop("event")]
        hints = get_type_hints(kind)
        return kind(**{name: _value(hint, values[name]) for name, hint in hints.items()})  # type: ignore[no-any-return]
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, PackedError):
        return None


def _number(text: str) -> float:
    """A number with which others can reckon; raises ValueError."""
    if not isfinite(value := float(text)):
        raise ValueError("no number")
    return value


def _plain(value: Any) -> Any:  # noqa: ANN401 - the border to JSON
    if isinstance(value, KeptBurst):
        return BURSTS.values_of(value)
    if isinstance(value, Course):
        return asdict(value)
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _value(hint: Any, value: Any) -> Any:  # noqa: ANN401 - the border to JSON
    """A value of the type that was declared; raises PackedError, ValueError or LookupError."""
    if hint is KeptBurst:
        return _burst(value)
    if hint == tuple[KeptBurst, ...]:
        return tuple(map(_burst, value))
    if hint == tuple[Course, ...]:
        value = [_row(Course, each | {"statistics": _statistics(each)}) for each in value]
    return CHECKS.unpack(hint, value)


def _burst(values: object) -> KeptBurst:
    found = BURSTS.of_values(values)
    if found is None:
        raise ValueError("no burst")
    return found


def _statistics(course: Mapping[str, Any]) -> list[Any] | None:
    told = course["statistics"]
    return _row(Statistics, told) if told else None


def _row(kind: type[Any], values: Mapping[str, Any]) -> list[Any]:
    return [values[each.name] for each in fields(kind)]


def newest(courses: Iterable[Course], moved: Sequence[Course]) -> tuple[Course, ...]:
    """The courses with what moved among them, by number."""
    found = {each.number: each for each in (*courses, *moved)}
    return tuple(found[number] for number in sorted(found))

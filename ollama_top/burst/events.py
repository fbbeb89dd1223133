"""What a burst in a process of its own tells whoever started it: one JSON object a line. Pure.

Lines that are not understood are let be, so that either side may be the newer one.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from ollama_top.burst.course import Course, Statistics
from ollama_top.config.kept_results import BURSTS
from ollama_top.model.burst import BurstOutcome, KeptBurst


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


def encode(event: Event) -> str:
    """An event as one line."""
    values = {each.name: _plain(getattr(event, each.name)) for each in fields(event)}
    return json.dumps({"event": type(event).__name__.lower(), **values})


def decode(line: bytes) -> Event | None:
    """The event that a line is; None of what is none."""
    try:
        values = json.loads(line)
        kind = KINDS[values.pop("event")]
        return kind(**{each.name: _value(each.name, values[each.name]) for each in fields(kind)})  # type: ignore[no-any-return]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _plain(value: Any) -> Any:  # noqa: ANN401 - the border to JSON
    if isinstance(value, KeptBurst):
        return BURSTS.values_of(value)
    if isinstance(value, Course):
        return asdict(value)
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _value(name: str, value: Any) -> Any:  # noqa: ANN401 - as above
    match name:
        case "courses":
            return tuple(map(_course, value))
        case "burst":
            return _burst(value)
        case "history":
            return tuple(map(_burst, value))
        case "notes":
            return tuple(map(str, value))
    return value


def _burst(values: object) -> KeptBurst:
    found = BURSTS.of_values(values)
    if found is None:
        raise ValueError("no burst")
    return found


def _course(values: dict[str, Any]) -> Course:
    told, outcome = values.pop("statistics"), values.pop("outcome")
    return Course(
        **values,
        statistics=Statistics(**told) if told else None,
        outcome=next((each for each in BurstOutcome if each.value == outcome), None),
    )


def newest(courses: Iterable[Course], moved: Sequence[Course]) -> tuple[Course, ...]:
    """The courses with what moved among them, by number."""
    found = {each.number: each for each in (*courses, *moved)}
    return tuple(found[number] for number in sorted(found))

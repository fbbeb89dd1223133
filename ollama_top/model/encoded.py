"""Published values as JSON values, computed from their declarations.

What is missing is null, with its reason under its JSON Pointer; nothing is left out.
"""

from collections.abc import Iterable
from dataclasses import is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from ollama_top.model.fact import SOURCED, published
from ollama_top.model.reading import Known, Missing

Reasons = dict[str, dict[str, str]]
"""Why values are missing, by the JSON Pointer (RFC 6901) of each."""


def encode(value: Any, pointer: str, missing: Reasons) -> Any:  # noqa: ANN401 - the border to JSON
    """A value and all that is in it; what is missing is noted in `missing`."""
    if isinstance(value, Missing):
        missing[pointer] = {"why": value.why.value, "hint": value.hint}
        return None
    if isinstance(value, Known):
        return encode(value.value, pointer, missing)
    if isinstance(value, tuple):
        return [encode(each, f"{pointer}/{index}", missing) for index, each in enumerate(value)]
    return dict(_members(value, pointer, missing)) if is_dataclass(value) else _plain(value)


def _plain(value: Any) -> Any:  # noqa: ANN401 - as above
    match value:
        case StrEnum():
            return value.value
        case float():
            return round(value, 3)
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


def _members(value: Any, pointer: str, missing: Reasons) -> Iterable[tuple[str, Any]]:  # noqa: ANN401 - as above
    for field in published(type(value)):
        reading = getattr(value, field.name)
        yield field.name, encode(reading, f"{pointer}/{field.name}", missing)
        if field.metadata[SOURCED]:
            yield f"{field.name}_source", reading.source.value if isinstance(reading, Known) else None

"""A Frame as the JSON document of docs/reference.md, computed from the declarations of the model.

What is missing is null, with its reason under its JSON Pointer in `missing`; nothing is left out.
"""

import json
from collections.abc import Iterable
from dataclasses import is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from ollama_top.model.fact import SOURCED, published
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known, Missing

FORMAT = "ollama-top/1"
OWN_KEYS = {
    "format": f"Name and version of this format, `{FORMAT}`; keys may be added within a version.",
    "verdict": "The worst thing that this look shows.",
    "settings": "Empty: the server's settings are judged by a later version.",
    "findings": "Empty: what could be better is judged by a later version.",
    "missing": "Why a value is null, by the JSON Pointer (RFC 6901) of the value.",
}
"""Top keys that are no part of a Snapshot."""

ORDER = (
    *("format", "taken_at", "demo", "server", "verdict", "queue", "models", "slots", "requests"),
    *(
        "gpus",
        "processes",
        "environment",
        "unit_environment",
        "host",
        "settings",
        "findings",
        "sources",
        "missing",
    ),
)
"""All top keys, as they come."""

Reasons = dict[str, dict[str, str]]


def dump(frame: Frame, *, indent: int | None = None) -> str:
    """The document as one text in printable ASCII, so that nothing in it can steer a terminal."""
    text = json.dumps(document(frame), indent=indent, ensure_ascii=True, allow_nan=False)
    return text.replace("\x7f", "\\u007f")  # a control character that JSON need not escape


def document(frame: Frame) -> dict[str, Any]:
    """The document as plain values."""
    missing: Reasons = {}
    values = _encode(frame.snapshot, "", missing)
    values |= {"format": FORMAT, "verdict": _encode(frame.verdict, "/verdict", missing)}
    values |= {"settings": [], "findings": [], "missing": missing}
    return {key: values[key] for key in ORDER}


def _encode(value: Any, pointer: str, missing: Reasons) -> Any:  # noqa: ANN401 - the border to JSON
    if isinstance(value, Missing):
        missing[pointer] = {"why": value.why.value, "hint": value.hint}
        return None
    if isinstance(value, Known):
        return _encode(value.value, pointer, missing)
    if isinstance(value, tuple):
        return [_encode(each, f"{pointer}/{index}", missing) for index, each in enumerate(value)]
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
        yield field.name, _encode(reading, f"{pointer}/{field.name}", missing)
        if field.metadata[SOURCED]:
            yield f"{field.name}_source", reading.source.value if isinstance(reading, Known) else None

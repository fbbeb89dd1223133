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
RESERVED: dict[str, list[Any]] = {"settings": [], "findings": []}
"""Part of the contract from the first version on; filled by versions that judge settings."""

Reasons = dict[str, dict[str, str]]


def dump(frame: Frame, *, indent: int | None = None) -> str:
    """The document as one text in ASCII, so that nothing in it can steer a terminal."""
    return json.dumps(document(frame), indent=indent, ensure_ascii=True, allow_nan=False)


def document(frame: Frame) -> dict[str, Any]:
    """The document as plain values."""
    missing: Reasons = {}
    body = _encode(frame.snapshot, "", missing)
    order = {
        "format": FORMAT,
        "taken_at": body.pop("taken_at"),
        "demo": body.pop("demo"),
        "server": body.pop("server"),
    }
    order["verdict"] = _encode(frame.verdict, "/verdict", missing)
    sources = body.pop("sources")
    return {**order, **body, **RESERVED, "sources": sources, "missing": missing}


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

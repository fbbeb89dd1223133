"""A Frame as the JSON document of docs/reference.md, computed from the declarations of the model.

What is missing is null, with its reason under its JSON Pointer in `missing`; nothing is left out.
"""

import json
from typing import Any

from ollama_top.model.encoded import Reasons, encode
from ollama_top.model.frame import Frame

FORMAT = "ollama-top/1"
OWN_KEYS = {
    "format": f"Name and version of this format, `{FORMAT}`; keys may be added within a version.",
    "verdict": "The worst thing that this look shows.",
    "findings": "What could be better, the worst first.",
    "missing": "Why a value is null, by the JSON Pointer (RFC 6901) of the value.",
}
"""Top keys that are no part of a Snapshot."""

ORDER = (
    *("format", "taken_at", "demo", "server", "verdict", "queue", "models", "slots", "requests"),
    *("proxies", "silent_proxies", "exchanges", "by_model", "by_client"),
    *(
        "finished",
        "events",
        "gpus",
        "processes",
        "environment",
        "host",
        "service",
        "settings",
        "bursts",
        "findings",
        "sources",
        "missing",
    ),
)
"""All top keys, as they come."""


def dump(frame: Frame, *, indent: int | None = None) -> str:
    """The document as one text in printable ASCII, so that nothing in it can steer a terminal."""
    return as_text(document(frame), indent=indent)


def as_text(values: dict[str, Any], *, indent: int | None = None) -> str:
    """Plain values as one text in printable ASCII."""
    text = json.dumps(values, indent=indent, ensure_ascii=True, allow_nan=False)
    return text.replace("\x7f", "\\u007f")  # a control character that JSON need not escape


def of_value(value: Any) -> dict[str, Any]:  # noqa: ANN401 - the border to JSON
    """Any declared value as a document of its own, with the format and with what is missing."""
    missing: Reasons = {}
    return {"format": FORMAT, **encode(value, "", missing), "missing": missing}


def text_of_value(value: Any) -> str:  # noqa: ANN401 - the border to JSON
    """The same as a text, indented for a reader."""
    return as_text(of_value(value), indent=2)


def document(frame: Frame) -> dict[str, Any]:
    """The document as plain values."""
    missing: Reasons = {}
    values = encode(frame.snapshot, "", missing)
    values |= {"format": FORMAT, "verdict": encode(frame.verdict, "/verdict", missing)}
    values |= {"findings": encode(frame.findings, "/findings", missing), "missing": missing}
    return {key: values[key] for key in ORDER}


def encoded(value: object) -> Any:  # noqa: ANN401 - the border to JSON
    """A value of the model as a plain one; for values in which nothing is missing."""
    return encode(value, "", {})

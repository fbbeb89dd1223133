"""Reads values out of JSON that somebody else wrote: wrong types are left out, never believed.

The only room for `Any` of parsed JSON; every other module gets typed values from here.
"""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Object = Mapping[str, Any]


class BadReplyError(Exception):
    """A reply that is not what its endpoint answers; the text says what it was instead."""


def parse_object(body: bytes) -> Object:
    """The JSON object in `body`; raises BadReplyError when it holds anything else."""
    value = _parse(body)
    if not isinstance(value, dict):
        raise BadReplyError(f"answered {_kind(value)} where an object was expected")
    return value


def parse_objects(body: bytes) -> tuple[Object, ...]:
    """The objects of the JSON list in `body`; raises BadReplyError when it is no list of objects."""
    value = _parse(body)
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise BadReplyError(f"answered {_kind(value)} where a list of objects was expected")
    return tuple(value)


def objects(of: Object, key: str) -> tuple[Object, ...]:
    """The objects of a list field; whatever else it holds is left out."""
    value = of.get(key)
    return tuple(each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()


def member(of: Object, key: str) -> Object:
    """An object field; empty where there is none."""
    value = of.get(key)
    return value if isinstance(value, dict) else {}


def text(of: Object, key: str) -> str | None:
    """A string field that is not empty."""
    value = of.get(key)
    return value if isinstance(value, str) and value else None


def texts(of: Object, key: str) -> tuple[str, ...]:
    """The strings of a list field."""
    value = of.get(key)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, Sequence) else ()


def count(of: Object, key: str) -> int | None:
    """A number field that is whole and not negative."""
    value = of.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if math.isfinite(value) and value >= 0 else None


def flag(of: Object, key: str) -> bool | None:
    """A truth value."""
    value = of.get(key)
    return value if isinstance(value, bool) else None


def moment(of: Object, key: str) -> datetime | None:
    """A time as Go prints it (RFC 3339, up to nine digits of a second), in UTC."""
    value = text(of, key)
    if value is None:
        return None
    try:
        parsed = datetime.fromisoformat(value)
        return parsed.astimezone(UTC) if parsed.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _parse(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadReplyError(f"answered {_looks_like(body)} where JSON was expected") from None


def _looks_like(body: bytes) -> str:
    start = body[:64].lstrip().lower()
    if not start:
        return "nothing"
    return "HTML" if start.startswith((b"<!doctype", b"<html")) else "something else"


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a truth value", type(None): "null"}
    return names.get(type(value), "a number")

"""Reads values out of JSON that somebody else wrote: wrong types are left out, never believed.

The only room for `Any` of parsed JSON; every other module gets typed values from here.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Object = Mapping[str, Any]
LARGEST = (1 << 63) - 1
"""What a number of Ollama's can be at most: Go's int64."""


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


def listed(of: Object, key: str) -> tuple[Object, ...]:
    """The objects of a list that a reply must hold; raises BadReplyError. Go prints an empty one as null."""
    value = of.get(key, False)
    if value is not None and not isinstance(value, list):
        raise BadReplyError(f"answered no list of {key}: this may not be Ollama")
    return objects(of, key)


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
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def count(of: Object, key: str) -> int | None:
    """A number field that is whole, not negative and at most `LARGEST`."""
    return _count(of.get(key))


def counts(of: Object, key: str) -> tuple[int, ...] | None:
    """The numbers of a list field, truth values as 1 and 0; None unless all of them are such."""
    value = of.get(key)
    if not isinstance(value, list):
        return None
    found = [int(each) if isinstance(each, bool) else _count(each) for each in value]
    known = tuple(each for each in found if each is not None)
    return known if len(known) == len(found) else None


def share(of: Object, key: str) -> float | None:
    """A number field from 0 to 1."""
    value = of.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 1 else None


def flag(of: Object, key: str) -> bool | None:
    """A truth value."""
    value = of.get(key)
    return value if isinstance(value, bool) else None


def moment(of: Object, key: str) -> datetime | None:
    """A time as Go prints it (RFC 3339, up to nine digits of a second), in UTC.

    Go's zero time, in the year 1, is how it prints a time that was never set: None.
    """
    value = text(of, key)
    if value is None:
        return None
    try:
        parsed = datetime.fromisoformat(value)
        return parsed.astimezone(UTC) if parsed.tzinfo and parsed.year > 1 else None
    except (ValueError, OverflowError):
        return None


def _count(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= LARGEST else None


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

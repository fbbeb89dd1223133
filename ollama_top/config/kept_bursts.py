"""What is kept of bursts, as the text of a file. Pure.

A text that is not understood is told and let be; single results that are not are left out.
"""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, get_args, get_type_hints

from ollama_top.model.burst import KeptBurst
from ollama_top.model.encoded import encode
from ollama_top.model.fact import published

KIND, VERSION = "ollama-top bursts", 1
FORMAT = re.compile(rf"{KIND} ([1-9][0-9]{{0,5}})")
MOST = 200  # of one server; the oldest go


class UnusableError(Exception):
    """A text that cannot be used; the text of the error says why."""


def parse(text: str) -> tuple[KeptBurst, ...]:
    """The results in the text of a file, the oldest first; raises UnusableError."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        raise UnusableError("it is no JSON") from None
    told = FORMAT.fullmatch(str(whole.get("format"))) if isinstance(whole, dict) else None
    if told is None:
        raise UnusableError(f"it does not say that it is {KIND}")
    if int(told[1]) > VERSION:
        raise UnusableError("it was written by a newer ollama-top")
    listed = whole.get("bursts")
    found = (of_values(each) for each in listed) if isinstance(listed, list) else ()
    return tuple(each for each in found if each is not None)


def text_of(bursts: Sequence[KeptBurst], whose: str) -> str:
    """The text of a file, the newest results of it; `whose` tells a person of which server."""
    values = [values_of(each) for each in bursts[-MOST:]]
    return json.dumps({"format": f"{KIND} {VERSION}", "of": whose, "bursts": values}, indent=1) + "\n"


def values_of(burst: KeptBurst) -> dict[str, Any]:
    """A result as plain values."""
    values: dict[str, Any] = encode(burst, "", {})
    return values


def of_values(values: object) -> KeptBurst | None:
    """The result that plain values are; None of what is none."""
    if not isinstance(values, dict):
        return None
    hints = get_type_hints(KeptBurst)
    try:
        return KeptBurst(
            **{each.name: _value(values[each.name], hints[each.name]) for each in published(KeptBurst)}
        )
    except (KeyError, TypeError, ValueError):
        return None


def _value(value: Any, hint: Any) -> Any:  # noqa: ANN401 - the border to JSON
    """A value of the type that is declared; raises TypeError for another."""
    kinds = get_args(hint) or (hint,)
    if value is None and type(None) in kinds:
        return None
    if hint is datetime:
        return _moment(value)
    if str in kinds and Ellipsis in kinds:
        return tuple(_value(each, str) for each in _list(value))
    wanted = next(each for each in kinds if each is not type(None))
    is_number = wanted is float and isinstance(value, int) and not isinstance(value, bool)
    if type(value) is not wanted and not is_number:
        raise TypeError(f"{value!r} is no {wanted}")
    return value


def _moment(value: object) -> datetime:
    moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("no list")
    return value

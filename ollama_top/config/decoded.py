"""Published values out of plain ones, as `model.encoded` writes them. Pure; what is damaged is no value."""

from dataclasses import is_dataclass
from datetime import datetime
from typing import Any, TypeVar, get_args, get_type_hints

from ollama_top.model.fact import published

T = TypeVar("T")


def decoded(kind: type[T], values: object) -> T | None:
    """The value of a declared kind that plain values are; None of what is none."""
    try:
        return _decoded(kind, values)
    except (KeyError, TypeError, ValueError):
        return None


def _decoded(kind: type[T], values: object) -> T:
    if not isinstance(values, dict):
        raise TypeError("no object")
    hints = get_type_hints(kind)
    return kind(**{each.name: _value(values[each.name], hints[each.name]) for each in published(kind)})


def _value(value: Any, hint: Any) -> Any:  # noqa: ANN401 - the border to JSON
    """A value of the type that is declared; raises TypeError for another."""
    kinds = get_args(hint) or (hint,)
    if value is None and type(None) in kinds:
        return None
    if Ellipsis in kinds:
        return tuple(_value(each, kinds[0]) for each in _list(value))
    wanted = next(each for each in kinds if each is not type(None))
    if wanted is datetime:
        return _moment(value)
    if isinstance(wanted, type) and is_dataclass(wanted):
        return _decoded(wanted, value)
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

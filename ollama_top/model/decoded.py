"""Published values back from JSON values: the inverse of `encoded`, computed from the same declarations.

Must never make up a value: what does not fit its declaration is a BadDocumentError. Every reading that is
to come back must be declared with its source.
"""

import types
from collections.abc import Callable
from dataclasses import is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from ollama_top.model.encoded import Reasons
from ollama_top.model.fact import published
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.vocabulary import Vocabulary

T = TypeVar("T")
Reader = Callable[[Any, str, Reasons], Any]
"""Makes a value of a JSON value, of its pointer, and of the reasons for what is missing."""

UNIONS = {Union, types.UnionType}
REASONS = {each.value: each for each in Why}
SOURCES = {each.value: each for each in Source}


class BadDocumentError(Exception):
    """A document that does not say what it should; the text says where."""


def decode(kind: type[T], document: Any, missing: Reasons, pointer: str = "") -> T:  # noqa: ANN401 - JSON
    """The value of a type that `encode` made a document of; raises BadDocumentError."""
    read: Reader = _reader(cast("Any", kind))
    decoded: T = read(document, pointer, missing)
    return decoded


@cache
def _reader(hint: Any) -> Reader:  # noqa: ANN401 - a type of any kind
    """How values of a type are read, worked out once."""
    if get_origin(hint) in UNIONS:
        return _optional(hint)
    if get_origin(hint) is tuple:
        return _listed(_reader(get_args(hint)[0]))
    if is_dataclass(hint):
        return _object(hint)
    if issubclass(hint, Vocabulary):
        return _converted(str, hint)
    return _converted(str, _moment) if hint is datetime else _plain(hint)


def _moment(text: str) -> datetime:
    """A time with its zone; raises ValueError."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    return found


def _plain(kind: type[Any]) -> Reader:
    kinds = (int, float) if kind is float else kind

    def read(value: Any, pointer: str, _: Reasons) -> Any:  # noqa: ANN401 - JSON
        if not isinstance(value, kinds) or (isinstance(value, bool) and kind is not bool):
            raise BadDocumentError(f"no {kind.__name__} at {pointer}")
        return kind(value)

    return read


def _converted(kind: type[Any], convert: Callable[[Any], Any]) -> Reader:
    plain = _plain(kind)

    def read(value: Any, pointer: str, missing: Reasons) -> Any:  # noqa: ANN401 - JSON
        try:
            return convert(plain(value, pointer, missing))
        except ValueError:
            raise BadDocumentError(f"an unknown word at {pointer}") from None

    return read


def _optional(hint: Any) -> Reader:  # noqa: ANN401 - a type of any kind
    """A type that may be None; readings are read by the object that holds them."""
    (kind,) = (each for each in get_args(hint) if each is not types.NoneType)
    inner = _reader(kind)

    def read(value: Any, pointer: str, missing: Reasons) -> Any:  # noqa: ANN401 - JSON
        return None if value is None else inner(value, pointer, missing)

    return read


def _listed(inner: Reader) -> Reader:
    def read(value: Any, pointer: str, missing: Reasons) -> Any:  # noqa: ANN401 - JSON
        if not isinstance(value, list):
            raise BadDocumentError(f"no list at {pointer}")
        return tuple(inner(each, f"{pointer}/{index}", missing) for index, each in enumerate(value))

    return read


def _object(kind: Any) -> Reader:  # noqa: ANN401 - a dataclass
    hints = get_type_hints(kind)
    names = [each.name for each in published(kind)]
    readings = {name: _reader(known) for name in names if (known := _known(hints[name])) is not None}
    others = {name: _reader(hints[name]) for name in names if name not in readings}

    def read(value: Any, pointer: str, missing: Reasons) -> Any:  # noqa: ANN401 - JSON
        if not isinstance(value, dict):
            raise BadDocumentError(f"no object at {pointer or 'the top'}")
        found = {name: inner(value.get(name), f"{pointer}/{name}", missing) for name, inner in others.items()}
        for name, inner in readings.items():
            found[name] = _reading(value, name, inner, f"{pointer}/{name}", missing)
        return kind(**found)

    return read


def _known(hint: Any) -> Any:  # noqa: ANN401 - a type of any kind
    """What a reading is of; None for what is no reading."""
    if Missing not in get_args(hint):
        return None
    known = next(each for each in get_args(hint) if get_origin(each) is Known)
    return get_args(known)[0]


def _reading(value: dict[str, Any], name: str, inner: Reader, pointer: str, missing: Reasons) -> Any:  # noqa: ANN401
    try:
        if pointer in missing:
            reason = missing[pointer]
            return Missing(REASONS[reason["why"]], str(reason["hint"]))
        source = SOURCES[value[f"{name}_source"]]
    except (KeyError, TypeError):
        raise BadDocumentError(f"neither a source nor a reason for {pointer}") from None
    return Known(inner(value.get(name), pointer, missing), source)

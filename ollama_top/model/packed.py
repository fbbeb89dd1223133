"""Values of the model as plain lists and back, whole and exact, computed from their declarations.

Unlike the JSON document (`encoded`) nothing is rounded or left out, and a source stays with its value. A
value of a class is the row of its fields, a tuple until it was JSON; what there may be several of is a list.
`layout()` names the fields, so that another version can read them. Text is kept as it is.

Must never make up a value: what does not fit is a `PackedError`, and a field that the writer did not have yet
is its default, or `Missing`.
"""

import types
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from ollama_top.model.curve import Curve
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known, Missing, Source, Why

Plain = Any
"""Lists, objects, text and numbers, as JSON has them."""
Layout = dict[str, list[str]]
"""The names of the fields of each class, in the order in which they are packed."""
Make = Callable[[Any], Plain]

T = TypeVar("T")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
UNTOLD = "the version of ollama-top that wrote this did not tell it"
WHYS = {each.value: each for each in Why}
SOURCES = {each.value: each for each in Source}
UNIONS = {Union, types.UnionType}
LARGEST = 1 << 64
"""Of a number: limits that are none are told so; what is no number is not between them."""
PLAIN = (str, int, float, bool)


class PackedError(Exception):
    """Plain values that are no packed value of that kind; the text says what does not fit."""


def pack(value: object) -> Plain:
    """A value of the model and all that is in it. A `Missing` is an object, a `Known` a pair."""
    kind: Any = type(value)
    if kind in PLAIN or value is None:
        return value
    return _packer(kind)(value)


@cache
def _packer(kind: Any) -> Make:  # noqa: ANN401 - a class of any kind
    """How values of a class are packed, worked out once."""
    if kind in SPECIAL:
        return SPECIAL[kind]
    if issubclass(kind, Enum):
        return lambda word: word.value
    names = [each.name for each in fields(kind)]
    return lambda whole: tuple([pack(getattr(whole, name)) for name in names])


def _moment(at: datetime) -> int | str:
    """Microseconds since 1970, which change little; another zone than UTC is kept as text."""
    return (at - EPOCH) // TICK if at.tzinfo is UTC else at.isoformat()


SPECIAL: dict[Any, Make] = {
    Known: lambda known: (known.source.value, pack(known.value)),
    Missing: lambda missing: {missing.why.value: missing.hint},
    tuple: lambda several: [pack(each) for each in several],
    Curve: list,
    datetime: _moment,
}
"""The classes that are packed in a way of their own."""


@cache
def layout(kind: Any = Frame) -> Layout:  # noqa: ANN401 - a class of any kind
    """The fields of a class and of all classes in it, as this version packs them."""
    return {each.__name__: [field.name for field in fields(each)] for each in sorted_classes(kind)}


def sorted_classes(kind: type[Any]) -> list[type[Any]]:
    """A class and all classes that its values may hold, by name."""
    found: set[type[Any]] = set()
    _gather(kind, found)
    return sorted(found, key=lambda each: each.__name__)


def _gather(hint: Any, found: set[type[Any]]) -> None:  # noqa: ANN401 - a type of any kind
    for each in get_args(hint):
        _gather(each, found)
    kind = get_origin(hint) or hint
    if not is_dataclass(kind) or kind in found or kind in SPECIAL:
        return
    found.add(cast("type[Any]", kind))
    for inner in get_type_hints(kind).values():
        _gather(inner, found)


class Unpacker:
    """Makes values of what a writer packed by its layout, which may be that of another version."""

    def __init__(self, written: Layout) -> None:
        """Begin; the layout stands at the head of what was written."""
        self._written = written
        self._made: dict[Any, Make] = {}

    def unpack(self, kind: type[T], packed: Plain) -> T:
        """The value; raises PackedError."""
        try:
            value: T = self._maker(kind)(packed)
        except (TypeError, ValueError, LookupError, AttributeError, OverflowError) as error:
            raise PackedError(f"this is no {kind.__name__}: {error}") from error
        return value

    def _maker(self, hint: Any) -> Make:  # noqa: ANN401 - a type of any kind
        if hint not in self._made:
            self._made[hint] = self._new_maker(hint)
        return self._made[hint]

    def _new_maker(self, hint: Any) -> Make:  # noqa: ANN401 - a type of any kind
        if get_origin(hint) in UNIONS:
            return self._either(hint)
        if get_origin(hint) is tuple:
            return self._several(get_args(hint)[0])
        if hint is Curve:
            return _unpack_curve
        if is_dataclass(hint):
            return self._whole(cast("type[Any]", hint))
        if hint is datetime:
            return _unpack_moment
        return hint if issubclass(hint, Enum) else _plain(hint)

    def _either(self, hint: Any) -> Make:  # noqa: ANN401 - a type of any kind
        kinds = [each for each in get_args(hint) if each not in {types.NoneType, Missing}]
        (kind,) = kinds
        if Missing in get_args(hint):
            return self._reading(get_args(kind)[0])
        inner = self._maker(kind)
        return lambda packed: None if packed is None else inner(packed)

    def _reading(self, hint: Any) -> Make:  # noqa: ANN401 - a type of any kind
        inner = self._maker(hint)

        def read(packed: Plain) -> Plain:
            if isinstance(packed, dict):
                ((why, said),) = packed.items()
                return Missing(WHYS[why], _text(said))
            source, value = packed
            return Known(inner(value), SOURCES[source])

        return read

    def _several(self, hint: Any) -> Make:  # noqa: ANN401 - a type of any kind
        inner = self._maker(hint)
        return lambda packed: tuple(map(inner, _listed(packed)))

    def _whole(self, kind: type[Any]) -> Make:
        written = self._written[kind.__name__]
        hints = get_type_hints(kind)
        known = {each.name for each in fields(kind)}
        makers = [(name, self._maker(hints[name])) if name in known else None for name in written]
        lacking = dict(_lacking(kind, hints, written))

        def make(packed: Plain) -> Plain:
            found = dict(lacking)
            for told, value in zip(makers, _listed(packed), strict=True):
                if told is not None:
                    found[told[0]] = told[1](value)
            return kind(**found)

        return make


def _lacking(kind: type[Any], hints: dict[str, Any], written: list[str]) -> Iterator[tuple[str, Any]]:
    """What stands for the fields that the writer did not have."""
    for field in fields(kind):
        if field.name not in written:
            yield field.name, _stand_in(kind, field, hints[field.name])


def _stand_in(kind: type[Any], field: Field[Any], hint: Any) -> Any:  # noqa: ANN401 - a value of any type
    if Missing in get_args(hint):
        return Missing(Why.UNSUPPORTED, UNTOLD)
    if field.default is not MISSING:
        return field.default
    if types.NoneType in get_args(hint):
        return None
    raise LookupError(f"{kind.__name__} without {field.name}")


def _plain(kind: type[Any]) -> Make:
    """Numbers stay what they are: a whole one that stands for a fraction is still whole afterwards."""
    kinds = (int, float) if kind is float else (kind,)

    def check(packed: Plain) -> Plain:
        if type(packed) not in kinds:
            raise TypeError(f"no {kind.__name__}: {str(packed)[:40]!r}")
        if kind is not str and not -LARGEST <= packed <= LARGEST:
            raise ValueError("a number that none can be")
        return packed

    return check


def _text(packed: Plain) -> str:
    if not isinstance(packed, str):
        raise TypeError("no text where one is due")
    return packed


def _listed(packed: Plain) -> Plain:
    if not isinstance(packed, list | tuple):
        raise TypeError("no list where one is due")
    return packed


def _unpack_curve(packed: Plain) -> Curve:
    check = _plain(float)
    return Curve.of([None if each is None else check(each) for each in _listed(packed)])


def _unpack_moment(packed: Plain) -> datetime:
    if isinstance(packed, str):
        at = datetime.fromisoformat(packed)
    elif type(packed) is not int:
        raise TypeError("no time where one is due")
    else:
        since_epoch: timedelta = packed * TICK
        at = EPOCH + since_epoch
    if not 1 < at.year < 9999 or at.tzinfo is None:
        raise ValueError("a time with which other zones cannot reckon")
    return at

"""Writes docs/reference.md from the declarations of the program; `python docs/generate.py` when they change.

Must never state a fact of its own that is declared elsewhere: only how the pieces are put together.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import Field, is_dataclass
from datetime import datetime
from functools import cache
from inspect import cleandoc
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from texts import (
    BURST,
    COMPARED,
    COMPARISON,
    DOCTOR,
    FEED,
    HEAD,
    METRICS_HEAD,
    MISSING,
    OF_OLLAMA,
    ON_FINDING,
    OWN_SETTINGS,
    PROFILES,
    PROXY_METRICS,
    RECEIPT,
    RECORDINGS,
    SERVE_METRICS,
    SETTINGS_FILE,
    SHELF,
    SWEEP,
    WHAT_IF,
)

from ollama_top.cli import EXIT_CODES
from ollama_top.config.settings import UNSET, VARIABLES, Settings
from ollama_top.doctor.checks import CHECKS
from ollama_top.doctor.starting_points import WHY
from ollama_top.metrics.metric import Metric
from ollama_top.metrics.of_frame import TOLD
from ollama_top.model.burst import Burst
from ollama_top.model.comparison import Comparison
from ollama_top.model.exchange import Exchange
from ollama_top.model.fact import DOC, SOURCED, published
from ollama_top.model.frame import Frame, Snapshot
from ollama_top.model.own_setting import OwnSettings
from ollama_top.model.profile import Compared, Shelf
from ollama_top.model.proxy import Held, Proxy
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.receipt import Entry, Receipt
from ollama_top.model.sweep import Sweep
from ollama_top.model.vocabulary import Vocabulary
from ollama_top.model.what_if import WhatIf
from ollama_top.ollama.families import Release
from ollama_top.ollama.values import Kind
from ollama_top.ollama.variable import Variable
from ollama_top.ollama.variables import DECLARED
from ollama_top.outputs.document import ORDER, OWN_KEYS
from ollama_top.proxy.metrics.declared import METRICS

DOCUMENTS = (WhatIf, Burst, Comparison, Receipt, Entry, Sweep, Shelf, Compared, OwnSettings)
"""Those that a command of its own prints."""

REFERENCE = Path(__file__).parent / "reference.md"

UNITS = {  # by the end of a name; the longer ends first
    "tokens_per_s": "tokens a second",
    "_bytes": "bytes",
    "_percent": "percent",
    "_celsius": "degrees Celsius",
    "_tokens": "tokens",
    "_mhz": "MHz",
    "_s": "seconds",
    "_w": "watts",
    "_j": "joules",
}

BASIC: dict[object, str] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "true or false",
    datetime: "time",
}


def reference() -> str:
    """The whole page."""
    parts = [HEAD, "\n".join(_top()), *map(_part, _parts().items()), MISSING]
    parts += [WHAT_IF, *_table_of(WhatIf), *map(_part, _parts_of(WhatIf).items())]
    parts += [BURST, *_table_of(Burst), *map(_part, _parts_of(Burst).items())]
    parts += [COMPARISON, *_table_of(Comparison), *map(_part, _parts_of(Comparison).items())]
    parts += [RECEIPT, *_table_of(Receipt), *map(_part, _parts_of_changes().items())]
    parts += [SWEEP, *_table_of(Sweep), *map(_part, _parts_of(Sweep).items()), DOCTOR]
    parts += [PROFILES, SHELF, *_table_of(Shelf), COMPARED, *_table_of(Compared)]
    parts += [*map(_part, _parts_of_profiles().items()), _built_in()]
    parts += [OWN_SETTINGS, *_table_of(OwnSettings), *map(_part, _parts_of(OwnSettings).items())]
    parts += [FEED, *map(_part, _parts_of_feed().items()), _metrics(), RECORDINGS]
    parts += ["## Words\n", *map(_words, sorted(_vocabularies(), key=lambda each: each.__name__))]
    parts += [_checks(), _ollama_variables(), _settings(), ON_FINDING, _variables(), _exit_codes()]
    return "\n".join(parts)


def _top() -> Iterator[str]:
    snapshot = {each.name: each for each in published(Snapshot)}
    hints = _hints()
    yield from _header("key", "type", "meaning")
    for key in ORDER:
        meaning = snapshot[key].metadata[DOC] if key in snapshot else OWN_KEYS[key]
        yield _row(
            f"`{key}`", "[missing](#missing)" if key == "missing" else _kind(_bare(hints[key])), meaning
        )
    yield ""


def _hints() -> dict[str, Any]:
    """The type of every key of the document that is declared in the model; the others are texts."""
    return dict.fromkeys(ORDER, str) | get_type_hints(Snapshot) | get_type_hints(Frame)


@cache
def _parts() -> dict[str, type[Any]]:
    """Every object of the document, by its heading: the key that holds it, else its own name."""
    hints = _hints()
    top = {key: held for key in ORDER if _is_object(held := _held(_bare(hints[key])))}
    parts: dict[str, type[Any]] = {}
    for key, kind in top.items():
        inner = [each for each in _inside(kind) if each not in top.values()]
        parts |= {key: kind} | {each.__name__: each for each in inner}
    return parts


def _inside(kind: type[Any]) -> Iterator[type[Any]]:
    """The objects that an object holds, and what those hold."""
    for field in published(kind):
        held = _held(_bare(get_type_hints(kind)[field.name]))
        if _is_object(held):
            yield held
            yield from _inside(held)


def _is_object(kind: object) -> bool:
    return isinstance(kind, type) and is_dataclass(kind)


def _parts_of(document: type[Any]) -> dict[str, type[Any]]:
    """The objects of a document of its own, by name."""
    return {each.__name__: each for each in _inside(document)}


@cache
def _all_parts() -> dict[str, type[Any]]:
    parts = _parts() | _parts_of_feed()
    for document in DOCUMENTS:
        parts |= _parts_of(document)
    return parts


def _parts_of_feed() -> dict[str, type[Any]]:
    """The objects of the feed that no other document has."""
    kinds = [inner for kind in (Exchange, Proxy, Held) for inner in (kind, *_inside(kind))]
    told = _parts()
    return {each.__name__: each for each in kinds if each.__name__ not in told}


def _parts_of_changes() -> dict[str, type[Any]]:
    """The objects of receipts and of what is kept of changes, that no other document has."""
    told = _parts() | _parts_of(WhatIf)
    found = {"Entry": Entry} | _parts_of(Entry) | _parts_of(Receipt)
    return {name: kind for name, kind in found.items() if name not in told}


def _parts_of_profiles() -> dict[str, type[Any]]:
    """The objects of profiles that no other document has."""
    told = _parts()
    kinds = [each for document in (Shelf, Compared) for each in _inside(document)]
    return {each.__name__: each for each in kinds if each.__name__ not in told}


def _built_in() -> str:
    rows = [_row(f"`{name}`", why) for name, why in WHY.items()]
    return "\n".join(["### Built-in profiles\n", *_header("name", "what it is good for"), *rows, ""])


def _part(part: tuple[str, type[Any]]) -> str:
    name, kind = part
    return "\n".join([f"### {name}\n", f"{cleandoc(kind.__doc__ or '')}\n", *_table_of(kind)])


def _table_of(kind: type[Any]) -> list[str]:
    """The keys of one object."""
    hints = get_type_hints(kind)
    lines = [*_header("key", "type", "unit", "null", "meaning")]
    for field in published(kind):
        lines += _key_rows(field, hints[field.name])
    return [*lines, ""]


def _key_rows(field: Field[Any], hint: object) -> Iterator[str]:
    name = field.name
    yield _row(f"`{name}`", _kind(_bare(hint)), _unit(name), _null(hint), field.metadata[DOC])
    if field.metadata[SOURCED]:
        meaning = f"Where `{name}` comes from."
        yield _row(f"`{name}_source`", _kind(Source), "", f"with `{name}`", meaning)


def _unit(name: str) -> str:
    return next((unit for end, unit in UNITS.items() if name.endswith(end)), "")


def _null(hint: object) -> str:
    if Missing in get_args(hint):
        return "with a reason"
    return "plain" if NoneType in get_args(hint) else ""


def _bare(hint: object) -> object:
    """The type of a value that is there."""
    if get_origin(hint) not in {Union, UnionType}:
        return hint
    found = next(each for each in get_args(hint) if each not in {Missing, NoneType})
    return get_args(found)[0] if get_origin(found) is Known else found


def _held(kind: object) -> Any:  # noqa: ANN401 - a type of any kind
    """What a list holds; another type itself."""
    return get_args(kind)[0] if get_origin(kind) is tuple else kind


def _kind(kind: object) -> str:
    if get_origin(kind) is tuple:
        return f"list of {_kind(_held(kind))}"
    if isinstance(kind, type) and issubclass(kind, Vocabulary):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    if _is_object(kind):
        name = next(name for name, each in _all_parts().items() if each is kind)
        return f"[{name}](#{name.lower()})"
    return BASIC[kind]


def _vocabularies() -> set[type[Vocabulary]]:
    kinds = [*_all_parts().values(), *DOCUMENTS]
    used = {_held(_bare(hint)) for kind in kinds for hint in get_type_hints(kind).values()}
    words = (each for each in used if isinstance(each, type) and issubclass(each, Vocabulary))
    return {Source, Why, Kind, *words}


def _words(words: type[Vocabulary]) -> str:
    rows = [_row(f"`{each.value}`", each.doc) for each in words]
    return "\n".join(
        [f"### {words.__name__}\n", f"{words.__doc__}\n", *_header("word", "meaning"), *rows, ""]
    )


def _metrics() -> str:
    own = [each.metric for each in TOLD]
    return "\n".join(
        [METRICS_HEAD, SERVE_METRICS, *_metric_table(own), PROXY_METRICS, *_metric_table(METRICS)]
    )


def _metric_table(metrics: Iterable[Metric]) -> list[str]:
    rows = [
        _row(f"`{each.full_name}`", each.kind, ", ".join(f"`{label}`" for label in each.labels), each.doc)
        for each in metrics
    ]
    return [*_header("metric", "kind", "labels", "meaning"), *rows, ""]


def _checks() -> str:
    intro = "What `ollama-top doctor` and the page behind `d` look for; `id` is that of `findings`.\n"
    rows = [
        _row(f"`{each.id}`", f"{each.looks_for[0].upper()}{each.looks_for[1:]}.", each.severity.value)
        for each in sorted(CHECKS, key=lambda each: each.id)
    ]
    return "\n".join(["## Checks\n", intro, *_header("id", "looks for", "usual severity"), *rows, ""])


def _ollama_variables() -> str:
    rows = [
        _row(f"`{each.name}`", _kind_of_variable(each), _defaults(each), each.effect, each.cost or "")
        for each in DECLARED.values()
    ]
    head = _header("variable", "kind", "when not set", "what it does", "what it costs")
    return "\n".join(["## Ollama's variables\n", OF_OLLAMA, *head, *rows, ""])


def _kind_of_variable(variable: Variable) -> str:
    return f"[{variable.kind.value}](#kind)"


def _defaults(variable: Variable) -> str:
    held = [f"{text} (since {_release(since)})" for since, text in variable.defaults]
    return "; ".join([*held, *([f"not read since {_release(variable.until)}"] if variable.until else [])])


def _release(release: Release) -> str:
    return ".".join(map(str, release))


def _settings() -> str:
    hints = get_type_hints(Settings)
    rows = [
        _row(f"`{each.name}`", _kind(_bare(hints[each.name])), each.metadata[UNSET], each.metadata[DOC])
        for each in published(Settings)
    ]
    head = _header("key", "type", "when not set", "meaning")
    return "\n".join([SETTINGS_FILE, *head, *rows, ""])


def _variables() -> str:
    rows = [
        _row(", ".join(f"`{each}`" for each in names.split(", ")), doc) for names, doc in VARIABLES.items()
    ]
    return "\n".join(["## Environment\n", *_header("variable", "meaning"), *rows, ""])


def _exit_codes() -> str:
    rows = [_row(str(code), f"{meaning[0].upper()}{meaning[1:]}.") for code, meaning in EXIT_CODES.items()]
    return "\n".join(["## Exit codes\n", *_header("code", "meaning"), *rows, ""])


def _header(*names: str) -> Sequence[str]:
    return _row(*names), "|---" * len(names) + "|"


def _row(*cells: str) -> str:
    return f"| {' | '.join(each.replace('|', chr(92) + '|') for each in cells)} |"


if __name__ == "__main__":
    REFERENCE.write_text(reference())

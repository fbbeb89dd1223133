"""Every value of one row, with its source and that source's age, or why it is missing."""

from dataclasses import is_dataclass
from itertools import zip_longest
from typing import Any

from ollama_top.columns import formats
from ollama_top.columns.cell import UNKNOWN, WORKED_OUT, Cell, Line, Role
from ollama_top.model.fact import DOC, published
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known, Missing
from ollama_top.model.vocabulary import Vocabulary
from ollama_top.tui.draw.as_text import as_text
from ollama_top.tui.draw.fit import fit, fit_line, wrap
from ollama_top.tui.draw.nested import nested
from ollama_top.tui.provenance import light_of

NAME_WIDTH = 22
VALUE_WIDTH = 28
WIDE = 100  # from here on each fact's meaning stands beside it


def details(row: Any, frame: Frame, width: int) -> list[Line]:  # noqa: ANN401 - a row of any table
    """A line or more for each published fact of the row, in the order of its declaration."""
    lines: list[Line] = []
    for each in published(type(row)):
        value = getattr(row, each.name)
        if _is_part(value):
            lines += [(), (Cell(" "), Cell(each.name, Role.STRONG)), *details(value, frame, width)]
        else:
            lines += _fact(each.name, value, str(each.metadata[DOC]), frame, width)
            lines += nested(_rows(value), width)
    return lines


def _is_part(value: object) -> bool:
    """Whether a value has facts of its own."""
    return is_dataclass(value) and not isinstance(value, Known | Missing)


def _rows(value: object) -> tuple[Any, ...]:
    """The rows that a value holds; what are words are none."""
    held = value.value if isinstance(value, Known) else value
    return tuple(each for each in held if is_dataclass(each)) if isinstance(held, tuple) else ()


def _fact(name: str, value: object, doc: str, frame: Frame, width: int) -> list[Line]:
    room = max(10, width - NAME_WIDTH - VALUE_WIDTH - 4)
    shown, about = _shown(name, value, frame)
    abouts = [Cell(text) for text in wrap(Cell(about).text, room) if about]
    docs = [Cell(text, Role.FAINT) for text in wrap(doc, room)] if width >= WIDE else []
    values = [Cell(text, shown.role) for text in wrap(shown.text, VALUE_WIDTH)]
    rows = zip_longest([Cell(name, Role.FAINT)], values, [*abouts, *docs], fillvalue=Cell(""))
    return [
        fit_line(
            (Cell(" "), fit(first, NAME_WIDTH), Cell(" "), fit(second, VALUE_WIDTH), Cell("  "), third), width
        )
        for first, second, third in rows
    ]


def _shown(name: str, value: object, frame: Frame) -> tuple[Cell, str]:
    """A value, and what there is to say about where it comes from."""
    if isinstance(value, Missing):
        return UNKNOWN, f"{value.why.value.replace('_', ' ')}: {value.hint}"
    if not isinstance(value, Known):
        return Cell(as_text(name, value)), value.doc if isinstance(value, Vocabulary) else ""
    if value.source in WORKED_OUT:
        return Cell(as_text(name, value.value), Role.STRONG), f"worked out ({value.source.value})"
    light = light_of(frame, value.source)
    age = f", {formats.age(light.age_s)} ago" if light is not None and light.age_s is not None else ""
    meaning = "".join(f"; {each.doc}" for each in _words(value.value))
    return Cell(as_text(name, value.value), Role.STRONG), f"from {value.source.value}{age}{meaning}"


def _words(value: object) -> list[Vocabulary]:
    return [each for each in value if isinstance(each, Vocabulary)] if isinstance(value, tuple) else []

"""Where in a text of TOML each key stands, which the standard library's reader does not tell. Pure.

Must never change a text.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str, ...]
Lines = Mapping[Path, int]

_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{1,2}(?!"))?'
    r"|'''.*?'''(?:'{1,2}(?!'))?"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\n\[\]{}=]"
    r"|[^\"'\#\n\[\]{}=]+",
    re.DOTALL,
)
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_KEY = re.compile(r"""[ \t]*(?:\[+[ \t]*([^\]=#\n]+?)[ \t]*\]|([^=#\n\[\]]+?)[ \t]*=)""")


class BrokenTomlError(ValueError):
    """A text that is no TOML; the error says in which line, near which key, and why."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A key with its value, or the header of a table."""

    path: Path  # in full, from the top
    line: int  # from 1
    start: int  # of its first character
    end: int  # after its last one
    value_start: int | None  # None of a header


def loads(text: str) -> dict[str, Any]:
    """The values in a text; raises BrokenTomlError."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise BrokenTomlError("1: nested too deeply") from None
    except ValueError as error:
        raise BrokenTomlError(_broken(text, str(error))) from None


def statements(text: str) -> tuple[Statement, ...]:
    """Every header and key of a text that `loads` has taken, in their order."""
    found: list[Statement] = []
    table: Path = ()
    line, counted = 1, 0
    for start, equals, end in _spans(text):
        line, counted = line + text.count("\n", counted, start), start
        source = text[start:end] if equals is None else f"{text[start:equals]}= 0"
        path = _chain(tomllib.loads(source))
        table = path if equals is None else table
        value = None if equals is None else _after_blanks(text, equals + 1)
        found.append(Statement(path if equals is None else (*table, *path), line, start, end, value))
    return tuple(found)


def lines_of(text: str) -> dict[Path, int]:
    """The line on which each key and table first stands, those above it too."""
    found: dict[Path, int] = {}
    for each in statements(text):
        for depth in range(1, len(each.path) + 1):
            found.setdefault(each.path[:depth], each.line)
        if each.value_start is not None:
            for path in _inner(tomllib.loads(f"x = {text[each.value_start : each.end]}")["x"]):
                found.setdefault((*each.path, *path), each.line)
    return found


def meant(word: str, known: tuple[str, ...]) -> str:
    """What may have been meant by a key that is not known, as the end of a sentence."""
    from difflib import get_close_matches  # noqa: PLC0415 - for those few that are none

    close = get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(known)}"


def _spans(text: str) -> Iterator[tuple[int, int | None, int]]:
    """Start, place of the `=`, and end of each statement."""
    start: int | None = None
    equals: int | None = None
    end = depth = 0
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word == "\n" and depth == 0:
            if start is not None:
                yield start, equals, end
            start = equals = None
        elif not word.isspace() and not word.startswith("#"):
            depth += (word in "[{") - (word in "]}")
            equals = token.start() if word == "=" and equals is None else equals
            start = _after_blanks(text, token.start()) if start is None else start
            end = token.start() + len(word.rstrip(" \t\r"))
    if start is not None:
        yield start, equals, end


def _after_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t":
        at += 1
    return at


def _chain(value: Any) -> Path:  # noqa: ANN401 - what tomllib gives
    """The keys of a value that has one in each."""
    path: list[str] = []
    while isinstance(value, list | dict) and value:
        if isinstance(value, dict):
            key, value = next(iter(value.items()))
            path.append(key)
        else:
            value = value[0]
    return tuple(path)


def _inner(value: Any) -> Iterator[Path]:  # noqa: ANN401 - as above
    if isinstance(value, dict):
        for key, each in value.items():
            yield (key,)
            yield from ((key, *path) for path in _inner(each))


def _broken(text: str, problem: str) -> str:
    """The line, the nearest key at or above it, and the problem."""
    lines = text.rstrip("\n").split("\n")
    told = _AT_LINE.search(problem)
    number = min(int(told[1]), len(lines)) if told else len(lines)
    keys = (_KEY.match(line) for line in reversed(lines[:number]))
    near = next(((each[1] or each[2]).strip() for each in keys if each), None)
    return f"{number}: {f'near {near!r}: ' if near else ''}{problem}"

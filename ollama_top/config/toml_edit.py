"""Changes of one table in a text of TOML that a person writes too: all the rest stays, to the byte. Pure.

tomlkit would take away with a table the comment that stands above the next one, and put a new key
below that comment; so the text is cut here, and the standard library's reader has the last word: a
text that does not hold what was wanted, and nothing else, is never given out.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ollama_top.config.toml_text import Path, Statement, loads, statements

BARE = re.compile(r"[A-Za-z0-9_-]+")

Values = Mapping[str, Any]
Piece = tuple[int, int, str]
"""From where to where in the text, and what comes there instead."""


class NotEditableError(Exception):
    """A text is written in a way that is not changed here; the error says what to do."""


def literal(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def header(path: Path) -> str:
    """The header of a table."""
    return f"[{'.'.join(each if BARE.fullmatch(each) else literal(each) for each in path)}]"


def with_table(text: str, path: Path, values: Values) -> str:
    """The text with a table of these values and no others; raises NotEditableError.

    What a key has already may be of any kind, and then stays as it is written; what is new is text.
    """
    found = statements(text)
    wanted = _changed(loads(text), path, dict(values))
    mine = [each for each in found if each.path[: len(path)] == path and each.value_start is not None]
    has_header = any(each.path == path and each.value_start is None for each in found)
    if mine or has_header:
        return _checked(_apply(text, _pieces(text, found, path, values)), wanted, path)
    lines = [header(path), *(f"{key} = {literal(value)}" for key, value in values.items())]
    return _checked(_appended(text, lines), wanted, path)


def without_table(text: str, path: Path) -> str:
    """The text without a table, and without the comments inside it; raises NotEditableError."""
    wanted = _changed(loads(text), path, None)
    runs = _runs(statements(text), path)
    pieces = [(_blank_before(text, _line_start(text, a.start)), _line_end(text, b.end), "") for a, b in runs]
    return _checked(_apply(text, pieces), wanted, path)


def _changed(data: dict[str, Any], path: Path, table: Values | None) -> dict[str, Any]:
    """The values that a changed text must hold."""
    changed = dict(data)
    key, *rest = path
    if rest:
        below = changed.get(key, {})
        if not isinstance(below, dict):
            raise NotEditableError(f"{key} is no table")
        changed[key] = _changed(below, tuple(rest), table)
    elif table is None:
        changed.pop(key, None)
    else:
        changed[key] = table
    return changed


def _checked(text: str, wanted: dict[str, Any], path: Path) -> str:
    """The text, if it holds what it should."""
    try:
        held = loads(text)
    except ValueError:
        held = {}
    if _pruned(held, path[:-1]) != _pruned(wanted, path[:-1]):
        raise NotEditableError(f"{header(path)} is written in a way that only an editor can change")
    return text


def _pruned(data: dict[str, Any], path: Path) -> dict[str, Any]:
    """The values without the tables above one, where they are empty: such may stand in no header."""
    below = data.get(path[0]) if path else None
    if not isinstance(below, dict):
        return data
    kept = _pruned(below, path[1:])
    return {name: kept if name == path[0] else each for name, each in data.items() if name != path[0] or kept}


def _pieces(text: str, found: Sequence[Statement], path: Path, values: Values) -> Iterator[Piece]:
    """What changes in a table that is there: values, keys that go, and keys that come after the last."""
    held = table_at(loads(text), path)
    last = None
    for each in found:
        if each.path == path and each.value_start is None:
            last = each
        if each.path[:-1] != path or each.value_start is None:
            continue
        last, key = each, each.path[-1]
        if key not in values:
            yield _line_start(text, each.start), _line_end(text, each.end), ""
        elif held.get(key) != values[key]:
            yield each.value_start, each.end, literal(values[key])
    new = [key for key in values if key not in held]
    if new and last is not None:
        at = _line_end(text, last.end)
        lines = "".join(f"{key} = {literal(values[key])}{_newline(text)}" for key in new)
        yield at, at, lines if text[:at].endswith("\n") else _newline(text) + lines


def table_at(data: Any, path: Path) -> Values:  # noqa: ANN401 - what the reader gives
    """A table in values that were read; empty where there is none."""
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def _apply(text: str, pieces: Iterator[Piece] | Sequence[Piece]) -> str:
    for start, end, instead in sorted(pieces, key=lambda piece: piece[:2], reverse=True):
        text = text[:start] + instead + text[end:]
    return text


def _appended(text: str, lines: Sequence[str]) -> str:
    newline = _newline(text)
    gap = "" if not text else newline if text.endswith("\n") else newline * 2
    return text + gap + newline.join(lines) + newline


def _runs(found: Sequence[Statement], path: Path) -> Iterator[tuple[Statement, Statement]]:
    """The first and the last of the statements of a table that follow each other."""
    run: list[Statement] = []
    for each in found:
        if each.path[: len(path)] == path:
            run.append(each)
        elif run:
            yield run[0], run[-1]
            run = []
    if run:
        yield run[0], run[-1]


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    """After the end of the line, what stands behind a value in it included."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _blank_before(text: str, at: int) -> int:
    """The start of an empty line before, which was written with the table; else the same place."""
    for blank in ("\r\n", "\n"):
        before = at - len(blank)
        if text[max(0, before) : at] == blank and (before == 0 or text[before - 1] == "\n"):
            return before
    return at


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"

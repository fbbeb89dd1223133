"""One variable set, or taken away, in the text of one file: all other lines stay as they are. Pure.

Must never write anew a line that says something else besides: what it says may be a secret, and whoever
wrote it wants it so. Where a line cannot be replaced alone, another is added after it, which goes before it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ollama_top.ollama.assignment_text import in_environment_file, in_unit
from ollama_top.services.systemd.environment_file import assignments
from ollama_top.services.systemd.unit_file import Directive, directives
from ollama_top.services.systemd.words import SyntaxProblemError, words

SECTION = "Service"
HEAD = f"[{SECTION}]"
ENDS = re.compile(r"(?<=\n)")
SECTION_LINE = re.compile(r"[ \t]*\[([^\]]*)\][ \t]*(?:\r?\n|\Z)")


def in_unit_text(text: str, name: str, value: str | None) -> str:
    """A unit's file, or a piece of one, in which a variable is set; None takes away what sets it there."""
    lines = _lines(text)
    alone = [each.line for each in _setters(text, name) if _stands_alone(lines, each, name)]
    if value is None:
        for each in alone:
            lines[each - 1] = ""
        return "".join(lines)
    new = f"Environment={in_unit(name, value)}"
    last = _setters(text, name)[-1:]
    if last and last[0].line in alone:
        lines[last[0].line - 1] = _like(lines[last[0].line - 1], new)
        return "".join(lines)
    return _appended("".join(lines), new)


def without_unset(text: str, name: str) -> str:
    """A piece of a unit without the lines that take a variable, and nothing else, away."""
    lines = _lines(text)
    for each in _having(text, "UnsetEnvironment", lambda word: word.partition("=")[0] == name):
        if _stands_alone(lines, each, name):
            lines[each.line - 1] = ""
    return "".join(lines)


def unset_in_unit_text(text: str, name: str) -> str:
    """A piece of a unit that takes a variable away, whoever sets it."""
    return _appended(in_unit_text(text, name, None), f"UnsetEnvironment={name}")


def in_environment_text(text: str, name: str, value: str) -> str:
    """A file of variables in which one is set."""
    lines = _lines(text)
    new = in_environment_file(name, value)
    found = [each.line for each in assignments(text) if each.name == name]
    if found and _is_whole_assignment(lines[found[-1] - 1], name):
        lines[found[-1] - 1] = _like(lines[found[-1] - 1], new)
        return "".join(lines)
    return f"{_ended(text)}{new}\n"


def _lines(text: str) -> list[str]:
    """The lines with their ends."""
    return [each for each in ENDS.split(text) if each]


@dataclass(frozen=True, slots=True)
class _Word:
    """Where a word stands, and in how many."""

    line: int
    of: int


def _setters(text: str, name: str) -> list[_Word]:
    """The lines of Environment= that set a variable, in their order."""
    return [*_having(text, "Environment", lambda word: word.partition("=")[0] == name)]


def _having(text: str, directive: str, is_meant: Callable[[str], bool]) -> Iterator[_Word]:
    for each in directives(text):
        if each.section == SECTION and each.name == directive:
            found = _words(each)
            if any(map(is_meant, found)):
                yield _Word(each.line, len(found))


def _words(directive: Directive) -> list[str]:
    try:
        return [*words(directive.value)]
    except SyntaxProblemError:
        return []  # systemd ignores what comes after the words that it understood; let it be


def _stands_alone(lines: list[str], word: _Word, name: str) -> bool:
    """Whether a line says nothing else, and does not go on in the next."""
    line = lines[word.line - 1]
    return word.of == 1 and not line.rstrip("\r\n").endswith("\\") and name in line


def _like(line: str, new: str) -> str:
    """A new line with the end of the old one."""
    return new + line[len(line.rstrip("\r\n")) :]


def _is_whole_assignment(line: str, name: str) -> bool:
    """Whether a line of a file of variables is one assignment from its begin to its end."""
    found = assignments(line)
    is_one = len(found) == 1 and found[0].name == name
    return is_one and assignments(f"{line.rstrip()}\nX=1\n")[1:] != ()


def _appended(text: str, line: str) -> str:
    """A text with a line at its end, in the section that it belongs to."""
    whole = _ended(text)
    sections = [found[1] for each in _lines(whole) if (found := SECTION_LINE.match(each))]
    head = "" if sections[-1:] == [SECTION] else f"{HEAD}\n"
    return f"{whole}{head}{line}\n"


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"

"""A unit file, or a piece dropped in beside it, as its assignments in order. Pure.

Read in systemd's conf-parser.c: a backslash at the end of a line joins the next to it, comments in
between are skipped, blanks round `=` do not count, and what is no assignment is ignored.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

COMMENTS = ("#", ";")
BLANKS = " \t\r\n"
CONTINUED = re.compile(r"(?:[^\\]|\\.)*\\")  # its last backslash is not escaped by one before it


@dataclass(frozen=True, slots=True)
class Directive:
    """One assignment, in the section that it stands in; empty before the first."""

    section: str
    name: str
    value: str
    line: int  # from 1, where it begins


def directives(text: str) -> tuple[Directive, ...]:
    """All assignments in their order."""
    found: list[Directive] = []
    section = ""
    for number, line in _logical_lines(text):
        if line.startswith("["):
            section = line[1:-1] if line.endswith("]") else section
        elif "=" in line:
            name, _, value = line.partition("=")
            found.append(Directive(section, name.rstrip(BLANKS), value.lstrip(BLANKS), number))
    return tuple(found)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines that say something, continuations joined, with the number of the first."""
    joined, began = "", 0
    for number, raw in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if raw.lstrip(BLANKS).startswith(COMMENTS):
            continue
        began = began or number
        joined += raw
        if CONTINUED.fullmatch(joined):
            joined = f"{joined[:-1]} "
            continue
        if said := joined.strip(BLANKS):
            yield began, said
        joined, began = "", 0
    if said := joined.strip(BLANKS):
        yield began, said

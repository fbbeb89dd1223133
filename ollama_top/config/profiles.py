"""The text of the file that keeps profiles: `[machine."id".profile.NAME]`, a variable a line. Pure.

Must never make anything of another machine's profiles, nor lose a byte of what it does not change.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ollama_top.config import toml_text
from ollama_top.config.machine import Machine
from ollama_top.config.toml_edit import table_at, with_table, without_table
from ollama_top.config.toml_text import Lines, Path, meant

MACHINE, PROFILE, NAME = "machine", "profile", "name"
NAMES = re.compile(r"\w(?:[\w .+-]{0,58}[\w.+-])?")
HEAD = """# Profiles of ollama-top: values for Ollama's variables, kept apart by machine.
# "" takes a variable away. Comments, and what you write yourself, stay as they are.
"""

Table = Mapping[str, Any]
Values = Mapping[str, str | None]
"""Values by the names of variables; None takes one away."""


class UnfitNameError(ValueError):
    """A name that no profile can have; the error says what can."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One variable of a profile, as it stands in the file."""

    name: str
    value: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Saved:
    """A profile as it stands in the file."""

    name: str
    entries: tuple[Entry, ...]
    line: int

    @property
    def values(self) -> dict[str, str | None]:
        """Its values by name."""
        return {each.name: each.value for each in self.entries}


@dataclass(frozen=True, slots=True)
class Book:
    """What a file of profiles says to one machine."""

    text: str = ""
    saved: tuple[Saved, ...] = ()
    others: tuple[str, ...] = ()  # names of other machines that have profiles in it
    problems: tuple[str, ...] = ()  # what is not used, by its line

    def find(self, name: str) -> Saved | None:
        """The profile of a name; None where there is none."""
        return next((each for each in self.saved if each.name == name), None)


def check_name(name: str) -> str:
    """The name, if a profile can have it; raises UnfitNameError."""
    if not NAMES.fullmatch(name):
        raise UnfitNameError(
            f"{name[:40]!r} is no name for a profile: it begins with a letter or a digit, and has up to 60"
            " letters, digits, blanks and . _ + -"
        )
    return name


def parse(text: str, machine: Machine, source: str) -> Book:
    """What a text says to a machine; `source` names it. Raises toml_text.BrokenTomlError."""
    data, lines = toml_text.loads(text), toml_text.lines_of(text)
    problems = [*_strangers(data, (), (MACHINE,), lines)]
    machines = _table(data, (MACHINE,), lines, problems)
    own = _table(machines, (MACHINE, machine.id), lines, problems)
    problems += _strangers(own, (MACHINE, machine.id), (NAME, PROFILE), lines)
    saved = _saved(own, (MACHINE, machine.id, PROFILE), lines, problems)
    others = tuple(_others(machines, machine))
    return Book(text, tuple(saved), others, tuple(f"{source}:{each}" for each in problems))


def with_profile(text: str, machine: Machine, name: str, values: Values) -> str:
    """The text with a profile; what it has already stays as it is written. Raises NotEditableError."""
    data, own = toml_text.loads(text), (MACHINE, machine.id)
    if not table_at(data, own):
        text = with_table(text or HEAD, own, {NAME: machine.name})
    held = table_at(data, (*own, PROFILE, name))
    wanted = {key: held[key] if _is_same(held, key, each) else each or "" for key, each in values.items()}
    return with_table(text, (*own, PROFILE, name), wanted)


def without_profile(text: str, machine: Machine, name: str) -> str:
    """The text without a profile; raises NotEditableError."""
    return without_table(text, (MACHINE, machine.id, PROFILE, name))


def export(name: str, values: Values) -> str:
    """A profile as a text of its own, for another machine."""
    head = "# A profile of ollama-top; `ollama-top profile import FILE` takes it up.\n"
    return with_table(head, (PROFILE, name), {key: each or "" for key, each in values.items()})


def parse_export(text: str, source: str) -> Book:
    """The profiles in a text that `export` or a person wrote; raises toml_text.BrokenTomlError."""
    data, lines = toml_text.loads(text), toml_text.lines_of(text)
    problems = [*_strangers(data, (), (PROFILE,), lines)]
    saved = tuple(_saved(data, (PROFILE,), lines, problems))
    return Book(text, saved, (), tuple(f"{source}:{each}" for each in problems))


def _saved(above: Table, path: Path, lines: Lines, problems: list[str]) -> Iterator[Saved]:
    for name in _table(above, path, lines, problems):
        line = lines[(*path, name)]
        entries = _table(above[PROFILE], (*path, name), lines, problems)
        if NAMES.fullmatch(name) is None:
            problems.append(f"{line}: {name!r} is no name for a profile")
        elif isinstance(above[PROFILE][name], dict):
            yield Saved(name, tuple(_entries(entries, (*path, name), lines, problems)), line)


def _entries(table: Table, path: Path, lines: Lines, problems: list[str]) -> Iterator[Entry]:
    for name, value in table.items():
        line = lines[(*path, name)]
        try:
            yield Entry(name, _text_of(value), line)
        except TypeError:
            kinds = "text in quotes, a whole number, or true or false"
            problems.append(f"{line}: {name} in profile {path[-1]} must be {kinds}")


def _table(above: Table, path: Path, lines: Lines, problems: list[str]) -> Table:
    """A table by the last key of its path; empty where it is none, which is told."""
    found = above.get(path[-1], {})
    if isinstance(found, dict):
        return found
    problems.append(f"{lines[path]}: {path[-1]} must be a table")
    return {}


def _strangers(table: Table, path: Path, known: Path, lines: Lines) -> Iterator[str]:
    for key in table:
        if key not in known:
            yield f"{lines[(*path, key)]}: unknown key {key!r}{meant(key, known)}"


def _others(machines: Table, machine: Machine) -> Iterator[str]:
    for id_, table in machines.items():
        if id_ != machine.id and isinstance(table, dict) and table.get(PROFILE):
            yield str(table.get(NAME, id_))


def _is_same(held: Any, key: str, value: str | None) -> bool:  # noqa: ANN401 - what the reader gives
    try:
        return key in held and _text_of(held[key]) == value
    except TypeError:
        return False


def _text_of(value: Any) -> str | None:  # noqa: ANN401 - as above
    """A value as the environment has it; raises TypeError for what is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, int | str):
        raise TypeError
    return str(value) or None

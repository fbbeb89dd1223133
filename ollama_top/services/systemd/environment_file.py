"""A file of EnvironmentFile=, as systemd reads it: nearly a shell's assignments, and no more. Pure.

Read in systemd's env-file.c: the states below are its states. Since v254 a backslash at the end of a
comment no longer makes the next line part of it; that is followed here. `export` means nothing: it
becomes part of the name, and systemd drops a variable of such a name.
"""

from dataclasses import dataclass, field
from enum import Enum, auto

BLANKS, NEWLINES, COMMENTS = " \t", "\n\r", "#;"
ESCAPED_IN_QUOTES = '"\\`$'


class _State(Enum):
    BEFORE_NAME = auto()
    NAME = auto()
    BEFORE_VALUE = auto()
    VALUE = auto()
    VALUE_ESCAPE = auto()
    SINGLE = auto()
    DOUBLE = auto()
    DOUBLE_ESCAPE = auto()
    COMMENT = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One assignment as read, its name not judged."""

    name: str
    value: str
    line: int  # from 1, where it begins


@dataclass(slots=True)
class _Reader:
    """What has been read of the current assignment."""

    state: _State = _State.BEFORE_NAME
    name: str = ""
    value: str = ""
    kept: int = 0  # length of the value up to which blanks are no trailing ones
    began: int = 1
    found: list[Line] = field(default_factory=list)

    def end(self) -> None:
        """Keep the assignment, and begin the next."""
        value = self.value[: self.kept] + self.value[self.kept :].rstrip(BLANKS)
        self.found.append(Line(self.name.rstrip(BLANKS), value, self.began))
        self.drop()

    def drop(self) -> None:
        """Forget what was read, and begin the next."""
        self.state, self.name, self.value, self.kept = _State.BEFORE_NAME, "", "", 0

    def add(self, text: str, *, is_quoted: bool = False) -> None:
        """Take a piece of the value; quoted or escaped blanks at its end stay."""
        self.value += text
        if is_quoted:
            self.kept = len(self.value)


def assignments(text: str) -> tuple[Line, ...]:
    """The assignments of a file, in their order."""
    reader, number = _Reader(), 1
    for character in text:
        _take(reader, character, number)
        number += character == "\n"
    if reader.state not in {_State.BEFORE_NAME, _State.NAME, _State.COMMENT}:
        reader.end()
    return tuple(reader.found)


def _take(reader: _Reader, character: str, number: int) -> None:
    match reader.state:
        case _State.BEFORE_NAME:
            _before_name(reader, character, number)
        case _State.NAME:
            _name(reader, character)
        case _State.BEFORE_VALUE | _State.VALUE:
            _value(reader, character)
        case _State.SINGLE | _State.DOUBLE:
            _quoted(reader, character)
        case _State.VALUE_ESCAPE | _State.DOUBLE_ESCAPE:
            _escaped(reader, character)
        case _State.COMMENT if character in NEWLINES:
            reader.drop()


def _before_name(reader: _Reader, character: str, number: int) -> None:
    if character in COMMENTS:
        reader.state = _State.COMMENT
    elif character not in BLANKS + NEWLINES:
        reader.state, reader.name, reader.began = _State.NAME, character, number


def _name(reader: _Reader, character: str) -> None:
    if character in NEWLINES:
        reader.drop()  # a line without `=` says nothing
    elif character == "=":
        reader.state = _State.BEFORE_VALUE
    else:
        reader.name += character


def _value(reader: _Reader, character: str) -> None:
    is_before = reader.state is _State.BEFORE_VALUE
    if character in NEWLINES:
        reader.end()
    elif character == "\\":
        reader.state, reader.kept = _State.VALUE_ESCAPE, len(reader.value)
    elif is_before and character == "'":
        reader.state = _State.SINGLE
    elif is_before and character == '"':
        reader.state = _State.DOUBLE
    elif not is_before or character not in BLANKS:
        reader.state = _State.VALUE
        reader.add(character)


def _quoted(reader: _Reader, character: str) -> None:
    is_double = reader.state is _State.DOUBLE
    if character == ('"' if is_double else "'"):
        reader.state = _State.BEFORE_VALUE
    elif is_double and character == "\\":
        reader.state = _State.DOUBLE_ESCAPE
    else:
        reader.add(character, is_quoted=True)


def _escaped(reader: _Reader, character: str) -> None:
    is_double = reader.state is _State.DOUBLE_ESCAPE
    reader.state = _State.DOUBLE if is_double else _State.VALUE
    if is_double and character not in f"{ESCAPED_IN_QUOTES}\n":
        reader.add(f"\\{character}", is_quoted=True)
    elif character not in (NEWLINES if not is_double else "\n"):
        reader.add(character, is_quoted=True)

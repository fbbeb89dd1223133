"""How the server's own lines are made: a time, a level, a place, a message and attributes.

What a client can write there, a path or a name, stands in quotes that Go's encoder closed. A line
counts by how it begins, so nothing inside quotes can pass for one.
"""

import re
from datetime import datetime
from typing import NamedTuple

QUOTED = r'"(?:[^"\\]++|\\.)*+"'
SLOG = re.compile(rf'time=(\S+) level=(\S+) source=(\S+) msg=({QUOTED}|[^\s"]*+)(?: (.*))?', re.DOTALL)
PLAIN = re.compile(  # of what is said before the format is set, up to 0.6
    r"(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) (\S+\.go:\d+): (DEBUG|INFO|WARN|ERROR) "
)
PLAIN_SPLIT = re.compile(r"^(.*?) (\w+=.*)$", re.DOTALL)
ATTRIBUTE = re.compile(rf"({QUOTED}|[^\s=\"]+)=({QUOTED}|\S*)")
ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))", re.DOTALL)
SHORT = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) (B|KiB|MiB|GiB|TiB)")


class Statement(NamedTuple):  # made for every line, and cheaper to make than a dataclass
    """One line of the server's own."""

    at: datetime | None
    level: str
    place: str
    message: str
    rest: str  # the attributes, as written


def parse_statement(line: str) -> Statement | None:
    """A line in the server's format; None for any other."""
    found = SLOG.fullmatch(line)
    if found:
        at, level, place, message, rest = found.groups()
        return Statement(_moment(at), level, place, unquoted(message), rest or "")
    return _parse_plain(line) if line[:2] == "20" else None


def _parse_plain(line: str) -> Statement | None:
    found = PLAIN.match(line)
    if not found:
        return None
    at, place, level = found.groups()
    said = line[found.end() :]
    parts = PLAIN_SPLIT.match(said)
    message, rest = (parts[1], parts[2]) if parts else (said, "")
    return Statement(_moment(at.replace("/", "-")), level, place, message, rest)


def attributes(rest: str) -> dict[str, str]:
    """The attributes of a line, their quotes undone; of two by one name the first."""
    found: dict[str, str] = {}
    for each in ATTRIBUTE.finditer(rest):
        found.setdefault(unquoted(each[1]), unquoted(each[2]))
    return found


def unquoted(text: str) -> str:
    """What Go's strconv.Quote made quotes of; a text without them as it is."""
    if len(text) < 2 or text[0] != '"':
        return text
    inner = text[1:-1]
    return ESCAPE.sub(_unescaped, inner) if "\\" in inner else inner


def size_bytes(text: str) -> int | None:
    """A size as Ollama prints it, such as `23.5 GiB`; None when it is none."""
    found = SIZE.fullmatch(text)
    return round(float(found[1]) * UNITS[found[2]]) if found else None


def whole(text: str) -> int | None:
    """A number that is whole, not negative and of sane length."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code:
        number = int(code, 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
    return SHORT.get(found[4], found[4])


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None

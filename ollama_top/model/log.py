"""The newest lines of what the server wrote; no part of the JSON document."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ollama_top.model.reading import Missing, Reading, Why
from ollama_top.model.verdict import Severity


class LineKind(StrEnum):
    """Whose words a line is."""

    SERVER = "server"  # the server's own
    REQUEST = "request"  # about a request that was answered
    RUNNER = "runner"  # a runner's; the log does not tell which one's
    SERVICE = "service"  # the service manager's about the server


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line as it is shown: without its own time, level and place, which stand beside it."""

    number: int  # of the lines read since the start, by which it is known
    at: datetime | None  # None before the first line that tells; lines without a time have that of the last
    severity: Severity
    kind: LineKind
    text: str
    place: str = ""  # file and line of the program that wrote it, where it says so


@dataclass(frozen=True, slots=True)
class Log:
    """The tail of the log."""

    where: Reading[str] = Missing(Why.PENDING, "not looked at yet")  # where it was read, or why it was not
    lines: tuple[LogLine, ...] = ()  # oldest first
    left_out: int = 0  # lines that monitors cause by looking; they are not among `lines`

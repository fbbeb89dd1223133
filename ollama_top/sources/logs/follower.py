"""What every way of following a log has in common: lines come out, whole and of bounded length."""

from datetime import datetime
from typing import NamedTuple, Protocol

from ollama_top.model.reading import Why

TAIL_BYTES = 2 << 20
TAIL_LINES = 4000
MOST_A_LOOK_BYTES = 8 << 20
MOST_LINE_BYTES = 8 << 10


class Wrote(NamedTuple):  # made for every line, and cheaper to make than a dataclass
    """One line, with what the place that keeps it knows of it."""

    text: str
    at: datetime | None = None
    is_service: bool = False  # the service manager's words, not the server's


class UnreadableError(Exception):
    """A log that cannot be read: why, and what would help."""

    def __init__(self, why: Why, hint: str) -> None:
        super().__init__(hint)
        self.why = why
        self.hint = hint


class Follower(Protocol):
    """Follows one log; blocking, for one thread."""

    def read(self) -> list[Wrote]:
        """The lines since the last call, at the first call the tail; raises UnreadableError or OSError."""
        ...

    def close(self) -> None:
        """Let go of what is held open."""
        ...


class LineCutter:
    """Cuts bytes into lines; half a line waits for its other half, and a very long one is shortened."""

    def __init__(self, most_bytes: int = MOST_LINE_BYTES) -> None:
        """Start at the beginning of a line."""
        self._most_bytes = most_bytes
        self._held = b""
        self._lost_bytes = 0

    def feed(self, piece: bytes) -> list[str]:
        """The lines that are complete with these bytes."""
        *whole, last = piece.split(b"\n")
        lines = [self._end(each) for each in whole]
        self._grow(last)
        return lines

    def _grow(self, part: bytes) -> None:
        room = self._most_bytes - len(self._held)
        self._held += part[:room]
        self._lost_bytes += max(0, len(part) - room)

    def _end(self, part: bytes) -> str:
        self._grow(part)
        text = self._held.decode(errors="replace").removesuffix("\r")
        if self._lost_bytes:
            text += f" … and {self._lost_bytes} bytes more"
        self._held, self._lost_bytes = b"", 0
        return text

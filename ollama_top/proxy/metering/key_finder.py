"""Finds some top-level values of a JSON object whose bytes come piece by piece.

Must never keep what it was not asked for: of a body of any length it holds at most one key and one wanted
value, each bounded. How the bytes are cut into pieces makes no difference.
"""

import json
import re
from collections.abc import Callable
from typing import Any

LARGEST_KEY_BYTES = 64
LARGEST_VALUE_BYTES = 64 << 10
BLANKS = re.compile(rb"[ \t\r\n]*")
SCALAR = re.compile(rb"[^,}\] \t\r\n]*")
INSIDE = re.compile(rb'(?:[^"\[\]{}]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+', re.DOTALL)
"""As much of a list's or object's inside as has no bracket of its own, whole strings skipped."""


class KeyFinder:
    """Reads one object. Names are compared as Ollama's Go does: upper and lower case are the same."""

    def __init__(self, wanted: frozenset[str]) -> None:
        """Begin before the first byte; `wanted` holds names in lower case."""
        self.found: dict[str, Any] = {}
        self.is_done = False  # at the end of the object, or where it stops being one
        self._wanted = wanted
        self._step: Callable[[bytes, int], int] = self._opening
        self._held = bytearray()  # of a key, or of a wanted value
        self._limit = 0  # most bytes of it to hold; 0 for what is not wanted
        self._key: str | None = None
        self._depth = 0
        self._is_string = False  # within one
        self._is_escaped = False  # the next byte follows a backslash

    def feed(self, data: bytes) -> None:
        """The next piece."""
        at = 0
        while at < len(data) and not self.is_done:
            at = self._step(data, at)

    def _opening(self, data: bytes, at: int) -> int:
        return self._punctuation(data, at, b"{", self._before_key)

    def _colon(self, data: bytes, at: int) -> int:
        return self._punctuation(data, at, b":", self._before_value)

    def _punctuation(self, data: bytes, at: int, sign: bytes, then: Callable[[bytes, int], int]) -> int:
        at = _after_blanks(data, at)
        if at < len(data):
            self.is_done = data[at : at + 1] != sign
            self._step = then
        return at + 1

    def _before_key(self, data: bytes, at: int) -> int:
        """An object's first key, its end, or the key after a comma."""
        at = _after_blanks(data, at)
        if at < len(data):
            self.is_done = data[at] != ord('"')
            self._hold(LARGEST_KEY_BYTES)
            self._step, self._is_string = self._in_key, False
        return at

    def _in_key(self, data: bytes, at: int) -> int:
        at = self._string(data, at)
        if not self._is_string:
            key = _parsed(self._held) if self._limit else None
            name = key.lower() if isinstance(key, str) else None
            self._key = name if name in self._wanted else None
            self._step = self._colon
        return at

    def _before_value(self, data: bytes, at: int) -> int:
        at = _after_blanks(data, at)
        if at < len(data):
            self._hold(LARGEST_VALUE_BYTES if self._key is not None else 0)
            first = data[at : at + 1]
            self._step = {b'"': self._in_text, b"{": self._inside, b"[": self._inside}.get(
                first, self._in_scalar
            )
            self._depth, self._is_string = 0, False
        return at

    def _in_text(self, data: bytes, at: int) -> int:
        at = self._string(data, at)
        if not self._is_string:
            self._value_ends()
        return at

    def _in_scalar(self, data: bytes, at: int) -> int:
        end = _end_of(SCALAR, data, at)
        self._keep(data[at:end])
        if end < len(data):
            self._value_ends()
        return end

    def _inside(self, data: bytes, at: int) -> int:
        """Within a list or an object: on to its next bracket, or into a string that is not whole here."""
        if self._is_string:
            return self._string(data, at)
        end = _end_of(INSIDE, data, at)
        self._keep(data[at:end])
        if end == len(data):
            return end
        if data[end] == ord('"'):
            return self._string(data, end)
        self._keep(data[end : end + 1])
        self._depth += 1 if data[end] in b"[{" else -1
        if self._depth == 0:
            self._value_ends()
        return end + 1

    def _value_ends(self) -> None:
        if self._key is not None and self._limit:
            value = _parsed(self._held)
            self.is_done = value is None and self._held != b"null"
            self.found[self._key] = value
        self._hold(0)
        self._step = self._after_value

    def _after_value(self, data: bytes, at: int) -> int:
        return self._punctuation(data, at, b",", self._before_key)

    def _string(self, data: bytes, at: int) -> int:
        """On to the end of a string, which may lie in a later piece; its quotes are part of it."""
        start = at
        if not self._is_string:
            self._is_string, self._is_escaped = True, False
            at += 1
        while (end := data.find(b'"', at)) >= 0:
            is_end = not self._odd_backslashes(data, at, end)
            self._is_escaped = False
            at = end + 1
            if is_end:
                self._is_string = False
                self._keep(data[start:at])
                return at
        self._is_escaped = self._odd_backslashes(data, at, len(data))
        self._keep(data[start:])
        return len(data)

    def _odd_backslashes(self, data: bytes, start: int, end: int) -> bool:
        """Whether the byte at `end` is escaped: by those before it, and by the last piece's end."""
        before = data[start:end]
        backslashes = len(before) - len(before.rstrip(b"\\"))
        odd = backslashes % 2 == 1
        return odd != self._is_escaped if backslashes == len(before) else odd

    def _hold(self, limit: int) -> None:
        self._held.clear()
        self._limit = limit

    def _keep(self, data: bytes) -> None:
        """Hold more of the key or value; what grows too long is let go, and not held any more."""
        if self._limit:
            self._held += data
            if len(self._held) > self._limit:
                self._hold(0)


def _after_blanks(data: bytes, at: int) -> int:
    return _end_of(BLANKS, data, at)


def _end_of(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    """Where a pattern that matches anything, if only nothing, ends."""
    found = pattern.match(data, at)
    return found.end() if found else at


def _parsed(raw: bytearray) -> Any:  # noqa: ANN401 - JSON
    """A value of its bytes; None for null, and for what is none."""
    try:
        return json.loads(raw.decode(errors="replace"))
    except (ValueError, RecursionError):
        return None

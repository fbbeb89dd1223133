"""The messages of one direction, one behind the other, from bytes in pieces of any size."""

import re

from ollama_top.proxy.wire.body import Body
from ollama_top.proxy.wire.doubt import DoubtError
from ollama_top.proxy.wire.heads import BARE_END

END = b"\r\n\r\n"
LARGEST_HEAD = 256 * 1024
"""Bytes; more than any server of HTTP expects, and what one connection may cost in memory."""

_BEGINNING = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}(?:[ /].*)?", re.DOTALL)


class TooLargeError(DoubtError):
    """The head has no end within the limit."""


class Reader:
    """Finds where each message begins and ends; what becomes of them is a subclass's."""

    __slots__ = ("_body", "_head", "_seen")

    def __init__(self) -> None:
        self._body: Body | None = None
        self._head = bytearray()  # what is there of a head that is not complete
        self._seen = 0  # how far it holds no end

    @property
    def is_between(self) -> bool:
        """Whether the next byte begins a message."""
        return self._body is None and not self._head

    @property
    def in_head(self) -> bool:
        """Whether the next byte belongs to a head."""
        return self._body is None

    def read(self, data: bytes, at_s: float, *, until_end: bool = False) -> int:
        """Take the next bytes; how many were taken: all, or with `until_end` at most to a message's end.

        Raises DoubtError where they cannot be read.
        """
        start, size = 0, len(data)
        while start < size:
            if self._body is None:
                start = self._take_head(data, start, at_s)
            else:
                content, start = self._body.take(data, start)
                if content:
                    self._content(content, at_s)
                if self._body.is_complete:
                    self._body = None
                    self._ended(at_s)
            if until_end and self.is_between:
                break
        return start

    def finish(self, at_s: float) -> None:
        """End a message that ends with the connection."""
        self._body = None
        self._ended(at_s)

    def _take_head(self, data: bytes, start: int, at_s: float) -> int:
        if self._head:
            return self._take_rest(data, start, at_s)
        end = data.find(END, start)
        if end < 0 or end - start > LARGEST_HEAD:
            return self._take_rest(data, start, at_s)
        self._begin(data[start:end], at_s)
        return end + 4

    def _take_rest(self, data: bytes, start: int, at_s: float) -> int:
        """The part of a head that came in pieces."""
        had = len(self._head)
        self._head += data[start : start + LARGEST_HEAD + 4]
        end = self._head.find(END, max(self._seen - 3, 0))
        if end >= 0 and end <= LARGEST_HEAD:
            head = bytes(self._head[:end])
            self._head.clear()
            self._seen = 0
            self._begin(head, at_s)
            return start + end + 4 - had
        if BARE_END.search(self._head, max(self._seen - 1, 0)) or not _BEGINNING.fullmatch(self._head[:33]):
            raise DoubtError("what should be a head is none")
        if len(self._head) > LARGEST_HEAD:
            raise TooLargeError(f"a head is larger than {LARGEST_HEAD} bytes")
        self._seen = len(self._head)
        return len(data)

    def _begin(self, head: bytes, at_s: float) -> None:
        self._body = self._opened(head, at_s)
        if self._body is None:
            self._ended(at_s)

    def _opened(self, head: bytes, at_s: float) -> Body | None:
        """A message begins; its body, or None where it has none."""
        raise NotImplementedError

    def _content(self, content: bytes, at_s: float) -> None:
        """A piece of the message's content."""
        raise NotImplementedError

    def _ended(self, at_s: float) -> None:
        """The message is complete."""
        raise NotImplementedError

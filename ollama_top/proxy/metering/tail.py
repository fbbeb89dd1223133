"""The end of a reply, as its pieces come: what the last statistics are read from.

Must never hold more than a few KiB, nor anything that hangs on how the bytes were cut into pieces.
"""

from typing import NamedTuple

KEPT_BYTES = 4 << 10
START_BYTES = 256


class Ending(NamedTuple):
    """The last bytes of a reply."""

    start: bytes  # of a last line that is longer than `rest`; empty where all of it is in there
    rest: bytes

    @property
    def line(self) -> bytes | None:
        """The last line that is not empty; None where it is too long to be whole here."""
        return None if self.start else self.rest.rstrip().rpartition(b"\n")[2]


class Tail:
    """Takes pieces, and lets go what is no longer the end."""

    __slots__ = ("_pieces", "_size", "_start", "_was_cut")

    def __init__(self, data: bytes) -> None:
        """Begin with the first piece."""
        self._pieces = [data]
        self._size = len(data)
        self._start = b""
        self._was_cut = False
        if self._size > 2 * KEPT_BYTES:
            self._cut()

    def add(self, data: bytes) -> None:
        """The next piece."""
        self._pieces.append(data)
        self._size += len(data)
        if self._size > 2 * KEPT_BYTES:
            self._cut()

    def ending(self) -> Ending:
        """The end, as it is now."""
        self._cut()
        rest = self._pieces[0]
        is_whole = not self._was_cut or b"\n" in rest.rstrip()
        return Ending(b"" if is_whole else self._start, rest)

    def _cut(self) -> None:
        """Join the pieces, and keep the end of them, and the start of the last line."""
        joined = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        if len(joined) > KEPT_BYTES:
            line = joined.rstrip().rfind(b"\n") + 1
            if line or not self._was_cut:
                self._start = joined[line : line + START_BYTES]
            self._was_cut = True
            joined = joined[-KEPT_BYTES:]
        self._pieces, self._size = [joined], len(joined)

"""Finds one field of a form (multipart/form-data) whose bytes come piece by piece, as with audio.

Must never hold more than the longest field that it would take.
"""

import re
from typing import Any

LARGEST_BYTES = 256
AROUND_BYTES = 64  # what stands about the value


class FormFinder:
    """Looks for the field `model`."""

    FIELD = re.compile(rb'name="?model"?\r\n(?:[!-9;-~]+:[^\r\n]*\r\n)?\r\n([^\r\n]{1,256})\r\n')

    def __init__(self) -> None:
        """Begin before the first byte."""
        self.found: dict[str, Any] = {}
        self.is_done = False
        self._rest = b""

    def feed(self, data: bytes) -> None:
        """The next piece."""
        if self.is_done:
            return
        seen = self._rest + data
        field = self.FIELD.search(seen)
        if field:
            self.found["model"] = field[1].decode(errors="replace")
            self.is_done = True
        self._rest = b"" if field else seen[-LARGEST_BYTES - AROUND_BYTES :]

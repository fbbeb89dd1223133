"""Results of one kind as the text of a file. Pure.

A text that is not understood is told and let be; single results that are not are left out.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ollama_top.model.decoded import BadDocumentError, decode
from ollama_top.model.encoded import encode

T = TypeVar("T")
VERSION = 1


class UnusableError(Exception):
    """A text that cannot be used; the text of the error says why."""


@dataclass(frozen=True, slots=True)
class Results(Generic[T]):
    """How results of one kind are kept."""

    name: str  # of one, in words; more of it end with an s
    kind: type[T]
    most: int  # in one file; the oldest go

    def parse(self, text: str) -> tuple[T, ...]:
        """The results in the text of a file, the oldest first; raises UnusableError."""
        try:
            whole = json.loads(text)
        except (ValueError, RecursionError):
            raise UnusableError("it is no JSON") from None
        told = re.fullmatch(
            rf"{self._format} ([1-9][0-9]{{0,5}})",
            str(whole.get("format")) if isinstance(whole, dict) else "",
        )
        if told is None:
            raise UnusableError(f"it does not say that it is {self._format}")
        if int(told[1]) > VERSION:
            raise UnusableError("it was written by a newer ollama-top")
        listed = whole.get(f"{self.name}s")
        found = (self.of_values(each) for each in listed) if isinstance(listed, list) else ()
        return tuple(each for each in found if each is not None)

    def text_of(self, results: Sequence[T], whose: str) -> str:
        """The text of a file, the newest results of it; `whose` tells a person what it is about."""
        values = [self.values_of(each) for each in results[-self.most :]]
        document = {"format": f"{self._format} {VERSION}", "of": whose, f"{self.name}s": values}
        return json.dumps(document, indent=1) + "\n"

    def values_of(self, result: T) -> dict[str, Any]:
        """A result as plain values."""
        values: dict[str, Any] = encode(result, "", {})
        return values

    def of_values(self, values: object) -> T | None:
        """The result that plain values are; None of what is none."""
        try:
            return decode(self.kind, values, {})
        except BadDocumentError:
            return None

    @property
    def _format(self) -> str:
        return f"ollama-top {self.name}s"

"""Closed sets of words, each with its meaning beside it.

`docs/reference.md` and the details pane tell the meanings from here; nothing repeats them.
"""

from enum import StrEnum
from typing import Self


class Vocabulary(StrEnum):
    """An enumeration whose members are the words of the JSON contract, and know what they mean."""

    doc: str

    def __new__(cls, word: str, doc: str) -> Self:
        """A member: its word, and what it says."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.doc = doc
        return member

"""A line being typed: what for, what so far, and where the user stood before. Pure."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Purpose(StrEnum):
    """What is being typed."""

    SEARCH = "search"
    FILTER = "filter"


@dataclass(frozen=True, slots=True)
class Prompt(Generic[T]):
    """What was typed so far."""

    purpose: Purpose
    before: T  # taken up again when the user leaves by Esc
    text: str = ""


HINTS = {
    Purpose.SEARCH: "F3 next, Enter stays, Esc goes back",
    Purpose.FILTER: "Enter keeps, Esc shows all rows",
}


def typed(prompt: Prompt[T], key: str, character: str | None) -> Prompt[T]:
    """The prompt after a key; as it was where the key types nothing."""
    text = edited(prompt.text, key, character)
    return prompt if text is None else replace(prompt, text=text)


def edited(text: str, key: str, character: str | None) -> str | None:
    """A line after a key; None where the key types nothing."""
    if key in {"backspace", "ctrl+h"}:
        return text[:-1]
    if key in {"ctrl+u", "ctrl+w"}:
        return ""
    return text + character if character and character.isprintable() else None

"""What a variable of Ollama's is: how it is read, what it does, and what holds without it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from ollama_top.ollama.families import Release
from ollama_top.ollama.values import UNSET, Kind, Understood, understood

Limit = Callable[[str, Release | None], str | None]
"""What is wrong with a value that can be read, as a release takes it; None when nothing is."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable: how it is read, what it does, and what holds without it."""

    name: str
    kind: Kind
    effect: str
    defaults: tuple[tuple[Release, str], ...]  # since which release what holds when unset; oldest first
    cost: str | None = None
    until: Release | None = None  # the first release that reads it no more
    limit: Limit = lambda _value, _release: None

    @property
    def since(self) -> Release:
        """The first release that reads it."""
        return self.defaults[0][0]

    def is_read(self, release: Release | None) -> bool:
        """Whether a release reads it; an unknown release is taken for the newest."""
        if release is None:
            return self.until is None
        return self.since <= release and (self.until is None or release < self.until)

    def default(self, release: Release | None) -> str:
        """What holds when it is unset."""
        held = [text for since, text in self.defaults if release is None or since <= release]
        return held[-1] if held else self.defaults[0][1]

    def understood(self, text: str | None, release: Release | None) -> Understood:
        """What a release makes of a text; None is a variable that is not set."""
        found = UNSET if text is None else understood(self.kind, text)
        if found.value is None or found.problem is not None:
            return found
        return Understood(found.value, self.limit(found.value, release))

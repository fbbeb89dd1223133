"""How ollama-top is run where the server is: as a process of this machine, through ssh, or not at all. Pure.

All that is started for a server is worded here; beyond that, only who plans a change has to know where.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ollama_top.remote import ssh


@dataclass(frozen=True, slots=True)
class Here:
    """By this machine: the server is its own, or is asked from it."""

    words: tuple[str, ...]  # ollama-top itself, with the options that name the server

    def command(self, words: Sequence[str]) -> tuple[str, ...]:
        """What runs it with these words, over pipes, with nobody to ask."""
        return (*self.words, *words)


@dataclass(frozen=True, slots=True)
class There:
    """By the server's machine, which ssh leads to."""

    host: str  # as the user calls it
    server: tuple[str, ...] = ()  # options by which ollama-top there knows the server; none for its usual one
    sharing: tuple[str, ...] = ()  # options by which ssh shares the first connection

    def command(self, words: Sequence[str]) -> tuple[str, ...]:
        """What runs it with these words, over pipes, with nobody to ask."""
        return ssh.on_host(self.host, (*self.server, *words), self.sharing)

    def dialogue(self, words: Sequence[str]) -> tuple[str, ...]:
        """What runs it with these words in the terminal of a person, who is asked there."""
        return ssh.in_terminal(self.host, (*self.server, *words), self.sharing)


@dataclass(frozen=True, slots=True)
class Nowhere:
    """Not at all: the server is only looked at."""

    why: str  # a sentence


Reach = Here | There | Nowhere
ONLY_LOOKED_AT = Nowhere("This server is only looked at from here.")

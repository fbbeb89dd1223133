"""What it takes to watch a server: to begin with, or to follow it to another address."""

from collections.abc import Callable
from dataclasses import dataclass

from ollama_top.engine.feed import Feed
from ollama_top.tui.reach import Reach


@dataclass(frozen=True, slots=True)
class Watched:
    """A server to watch."""

    title: str  # its name for a person
    make_feed: Callable[[], Feed]  # runs in the thread of the feed
    reach: Reach  # how ollama-top is run where the server is
    moved_to: "Callable[[str], Watched] | None" = None  # the same server at another address, to follow it

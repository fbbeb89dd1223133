"""What a command needs of a feed besides Frames: answers about one model.

Apart from `feed`, so that the screen need not load what is known of models before it is seen.
"""

from typing import Protocol

from ollama_top.engine.feed import Feed
from ollama_top.ollama.replies import DescribedModel


class AskError(Exception):
    """A question besides the looks has no answer; the text says why."""


class UnknownModelError(AskError):
    """The question was after a model that is not installed."""


class AskingFeed(Feed, Protocol):
    """A feed that answers questions about one model besides, and lets go of what it holds."""

    async def describe(self, model_name: str) -> DescribedModel:
        """All that the server tells of an installed model; raises AskError."""
        ...

    async def close(self) -> None:
        """Close its connections, once nobody reads its Frames."""
        ...

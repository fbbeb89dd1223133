"""What a view needs of whatever brings Frames: live, simulated, or replayed.

Must never know who looks.
"""

from collections.abc import AsyncGenerator
from typing import Protocol

from ollama_top.model.frame import Frame


class ActionError(Exception):
    """An action on the server did not happen; the text says why, for a person."""


class Feed(Protocol):
    """Brings Frames and carries actions out; used from one event loop only."""

    def frames(self) -> AsyncGenerator[Frame, None]:
        """Frames without end, one per interval; the newest is the truth."""
        ...

    def look_now(self) -> None:
        """Take the next look at once instead of at the end of the interval."""
        ...

    async def unload(self, model_name: str) -> None:
        """Ask the server to unload a model; a later Frame shows whether it did.

        Raises ActionError with the server's words when it refuses or cannot be reached.
        """
        ...

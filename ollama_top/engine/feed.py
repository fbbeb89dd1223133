"""What a view needs of whatever brings Frames: live, simulated, or replayed.

Must never know who looks.
"""

from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING, Protocol

from ollama_top.model.frame import Frame

if TYPE_CHECKING:
    from ollama_top.model.action import Action, Progress
    from ollama_top.model.installed import InstalledModel


class ActionError(Exception):
    """An action on the server did not happen; the text says why, for a person."""


class FeedError(Exception):
    """A feed can bring nothing; the text says why, for a person. Another attempt may do better."""


class Feed(Protocol):
    """Brings Frames and carries actions out; used from one event loop only."""

    def frames(self) -> AsyncGenerator[Frame, None]:
        """Frames without end, one per interval; the newest is the truth."""
        ...

    def look_now(self) -> None:
        """Take the next look at once instead of at the end of the interval."""
        ...

    async def installed(self) -> "tuple[InstalledModel, ...]":
        """The models on the server's disk, asked for now; raises ActionError."""
        ...

    async def act(self, action: "Action", tell: "Callable[[Progress], None]") -> None:
        """Have an action done; a later Frame shows whether it was. `tell` hears how far it is.

        Cancelling it breaks it off. Raises ActionError with the words of whoever refused.
        """
        ...

"""The parts of the monitor that a key asks for, each loaded when the first does.

No first paint waits for them.
"""

from functools import cached_property
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from ollama_top.tui.acting import Hands
    from ollama_top.tui.bursting import Bursting
    from ollama_top.tui.changing import Changing
    from ollama_top.tui.monitor import Monitor
    from ollama_top.tui.opening import Opening
    from ollama_top.tui.recordings import Recordings


class Parts:
    """To be named before the app among its bases."""

    @property
    def _whole(self) -> "Monitor":
        return cast("Monitor", self)

    @cached_property
    def opening(self) -> "Opening":
        """What opens pages."""
        from ollama_top.tui.opening import Opening  # noqa: PLC0415

        return Opening(self._whole)

    @cached_property
    def hands(self) -> "Hands":
        """What acts on the server."""
        from ollama_top.tui.acting import Hands  # noqa: PLC0415

        return Hands(self._whole, self._whole.user)

    @cached_property
    def recordings(self) -> "Recordings":
        """What records."""
        from ollama_top.tui.recordings import Recordings  # noqa: PLC0415

        return Recordings(self._whole)

    @cached_property
    def bursting(self) -> "Bursting":
        """What has bursts sent."""
        from ollama_top.tui.bursting import Bursting  # noqa: PLC0415

        return Bursting(self._whole)

    @cached_property
    def changing(self) -> "Changing":
        """What changes settings."""
        from ollama_top.tui.changing import Changing  # noqa: PLC0415

        return Changing(self._whole)

"""The Frames of a recording as a feed: the screens that show a server show them too.

Must never do anything to a server: there is none.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from ollama_top.engine.feed import ActionError
from ollama_top.model.action import Action, Progress
from ollama_top.model.frame import Frame
from ollama_top.model.installed import InstalledModel
from ollama_top.record.player import Player

SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)
SHORTEST_S = 0.1  # between two Frames on the screen; a faster replay leaves some out
LONGEST_S = 2.0  # a gap between two Frames is not waited for
REFUSAL = "this is a recording: there is no server to do anything to"


@dataclass(frozen=True, slots=True)
class ReplayStand:
    """Where a replay stands."""

    number: int  # of the Frame on the screen, from 0
    count: int  # Frames in all
    at: datetime  # when that Frame was taken
    begin: datetime  # when the first was
    end: datetime  # when the last was
    speed: float  # 1 is as it was
    is_playing: bool
    severities: bytes  # of the verdicts of all Frames, by their place in `Severity`


class ReplayFeed:
    """Plays a recording; used from one event loop, but for `stand`."""

    def __init__(self, player: Player) -> None:
        """Begin at the first Frame."""
        self.player = player
        self._number = 0
        self._speed = 1.0
        self._is_playing = True
        self._wake = asyncio.Event()
        self._severities = player.severities()
        self.stand = self._stand()

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """The Frames one after the other while it plays, and any that is sought; raises RecordingError."""
        while True:
            self._wake.clear()
            frame = self.player.frame(self._number)
            self._is_playing = self._is_playing and not self._is_at_end()
            self.stand = self._stand()
            yield frame
            await self._turn()

    async def _turn(self) -> None:
        """Wait until another Frame is due."""
        step_s = self._step_s()
        try:
            await asyncio.wait_for(self._wake.wait(), step_s)
        except TimeoutError:
            self._go_on(step_s or 0.0)

    def _step_s(self) -> float | None:
        """How long the Frame stays on the screen; None where it stays for good."""
        if not self._is_playing or self._is_at_end():
            return None
        until_next_s = self.player.at_s(self._number + 1) - self.player.at_s(self._number)
        return min(LONGEST_S, max(SHORTEST_S, until_next_s / self._speed))

    def _go_on(self, waited_s: float) -> None:
        """To the next Frame; to a later one where that should have been seen already."""
        due = self.player.nearest(self.player.at_s(self._number) + waited_s * self._speed)
        self._number = min(max(self._number + 1, due), len(self.player) - 1)

    def _is_at_end(self) -> bool:
        return self._number + 1 >= len(self.player)

    def _stand(self) -> ReplayStand:
        begin, at, end = (self.player.time(each) for each in (0, self._number, -1))
        place = (self._number, len(self.player), at, begin, end)
        return ReplayStand(*place, self._speed, self._is_playing, self._severities)

    # what the user asks for

    def seek(self, number: int) -> None:
        """Go to a Frame; beyond the ends to the first or the last."""
        self._number = max(0, min(number, len(self.player) - 1))
        self._wake.set()

    def step(self, frames: int) -> None:
        """Go on, or back, by Frames, and stay there."""
        self._is_playing = False
        self.seek(self._number + frames)

    def skip(self, seconds: float) -> None:
        """Go on, or back, by a time: by one Frame at the least."""
        found = self.player.nearest(self.player.at_s(self._number) + seconds)
        self.seek(max(found, self._number + 1) if seconds > 0 else min(found, self._number - 1))

    def go_to(self, at_s: float) -> None:
        """Go to the Frame of a moment, in seconds since 1970."""
        self.seek(self.player.nearest(at_s))

    def to_change(self, *, forward: bool) -> bool:
        """Go to where the verdict became better or worse, and stay there; False where it no more does."""
        find = self.player.change_after if forward else self.player.change_before
        found = find(self._number)
        if found is not None:
            self._is_playing = False
            self.seek(found)
        return found is not None

    def toggle(self) -> None:
        """Play, or stay; from the end on from the beginning."""
        self._is_playing = not self._is_playing
        self.seek(0 if self._is_playing and self._is_at_end() else self._number)

    def change_speed(self, by: int) -> None:
        """Play faster or slower by steps."""
        at = SPEEDS.index(self._speed) + by
        self._speed = SPEEDS[max(0, min(at, len(SPEEDS) - 1))]
        self._wake.set()

    # what there is no server for

    def look_now(self) -> None:
        """Draw the Frame again."""
        self._wake.set()

    async def installed(self) -> tuple[InstalledModel, ...]:
        """Refuse: raises ActionError."""
        _refuse()

    async def act(self, action: Action, tell: Callable[[Progress], None]) -> None:  # noqa: ARG002 - as feeds do
        """Refuse: raises ActionError."""
        _refuse()


def _refuse() -> NoReturn:
    raise ActionError(REFUSAL)

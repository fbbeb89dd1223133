"""A far server as a feed: what its machine sees, drawn here; connected again by itself when the line breaks.

Must never pass off what was seen before the line broke for what is: such a Frame says so, and how old it is.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace

from ollama_top.engine.feed import ActionError
from ollama_top.model.action import Action, Progress
from ollama_top.model.frame import Frame
from ollama_top.model.installed import InstalledModel
from ollama_top.model.light import Light, LightState
from ollama_top.model.verdict import Severity, Verdict
from ollama_top.remote.line import Line, LineError, open_line

AGAIN_S = (1.0, 2.0, 5.0, 10.0, 30.0)
"""How long it is waited before each attempt; the last goes on."""


class RemoteFeed:
    """Frames of another machine; used from one event loop."""

    def __init__(self, host: str, words: Sequence[str]) -> None:
        """`host` is what the user calls it; `words` are the command whose other end serves."""
        self._host = host
        self._words = tuple(words)
        self._line: Line | None = None
        self._last: Frame | None = None
        self._came_at_s = 0.0
        self._wake = asyncio.Event()

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """Frames without end; raises LineError where not even the first comes."""
        attempt, why, clock = 0, "", asyncio.get_running_loop().time
        while True:
            try:
                self._line = await open_line(self._words)
                async for frame in self._line.frames():
                    self._last, self._came_at_s, attempt = frame, clock(), 0
                    yield frame
            except LineError as error:
                if self._last is None:
                    raise
                why = str(error)
            finally:
                await self._close()
            if self._last is not None:
                yield lost(self._last, self._host, why, clock() - self._came_at_s)
            await self._pause(AGAIN_S[min(attempt, len(AGAIN_S) - 1)])
            attempt += 1

    def look_now(self) -> None:
        """Have it look at once, or try the line again at once."""
        self._wake.set()
        if self._line is not None:
            self._line.look_now()

    async def installed(self) -> tuple[InstalledModel, ...]:
        """The models on its disk; raises ActionError."""
        return await self._connected().installed()

    async def act(self, action: Action, tell: Callable[[Progress], None]) -> None:
        """Have its machine do something; raises ActionError."""
        await self._connected().act(action, tell)

    def _connected(self) -> Line:
        if self._line is None:
            raise ActionError(f"the line to {self._host} is cut")
        return self._line

    async def _pause(self, seconds: float) -> None:
        self._wake.clear()
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return

    async def _close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            await line.close()


def lost(frame: Frame, host: str, why: str, since_s: float) -> Frame:
    """The last Frame, which came `since_s` ago, as what it is once the line is cut. Pure."""
    said = f"the line to {host} is cut: {why}"
    snapshot = frame.snapshot
    snapshot = replace(
        snapshot,
        server=replace(snapshot.server, reachable=False, problem=said),
        sources=tuple(_cut(each, said, since_s) for each in snapshot.sources),
    )
    return replace(frame, snapshot=snapshot, findings=(), verdict=Verdict(Severity.ERROR, said))


def _cut(light: Light, said: str, since_s: float) -> Light:
    """A source that is not heard of any more; one that there was nothing of stays so."""
    if light.state is LightState.ABSENT:
        return light
    age_s = None if light.age_s is None else light.age_s + since_s
    return replace(light, state=LightState.FAILED, age_s=age_s, problem=said)

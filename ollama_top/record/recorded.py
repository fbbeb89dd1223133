"""A feed whose Frames are recorded on their way to whoever looks."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from ollama_top.engine.feed import Feed
from ollama_top.model.action import Action, Progress
from ollama_top.model.frame import Frame
from ollama_top.model.installed import InstalledModel
from ollama_top.record.recorder import Recorder
from ollama_top.record.recording import Recording


class RecordedFeed:
    """Another feed, and a recorder."""

    def __init__(self, feed: Feed, recording: Recording, tell: Callable[[str], object]) -> None:
        """Prepare; `tell` hears what goes wrong with the recording."""
        self._feed = feed
        self._recording = recording
        self._tell = tell

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """The Frames of the feed; the recording ends with them."""
        recorder = Recorder(self._recording, self._tell)
        try:
            async with aclosing(self._feed.frames()) as frames:
                async for frame in frames:
                    recorder.add(frame)
                    yield frame
        finally:
            recorder.close()

    def look_now(self) -> None:
        """As the feed does."""
        self._feed.look_now()

    async def installed(self) -> tuple[InstalledModel, ...]:
        """As the feed does."""
        return await self._feed.installed()

    async def act(self, action: Action, tell: Callable[[Progress], None]) -> None:
        """As the feed does."""
        await self._feed.act(action, tell)

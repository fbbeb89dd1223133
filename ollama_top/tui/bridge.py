"""A feed in a thread and an event loop of its own, so that no source can hold up a key.

Must never keep the program alive: its threads are daemons, those that a feed's blocking calls
run in as well. Must never end silently: what ends it is told.
"""

import asyncio
import traceback
from collections.abc import Callable, Collection, Coroutine
from concurrent.futures import Future
from contextlib import aclosing
from pathlib import PurePath
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, TypeVar

from textual.message import Message

from ollama_top.engine.daemon import DaemonExecutor
from ollama_top.engine.feed import ActionError, Feed, FeedError
from ollama_top.model.frame import Frame
from ollama_top.tui.messages import (
    ActionEnded,
    ActionFailed,
    ActionProgressed,
    ActionTaken,
    FeedFailed,
    FrameCame,
    InstalledCame,
)

if TYPE_CHECKING:
    from ollama_top.model.action import Action

T = TypeVar("T")
NO_FEED = "no feed is at work that could ask the server"
FEED_ENDED = "its connection ended with the feed: what came of it is for the next look to show"


class Bridge:
    """Runs one feed from `start` to `stop`; the newest Frame waits in a mailbox of one."""

    def __init__(
        self,
        make_feed: Callable[[], Feed],
        tell: Callable[[Message], object],
        onlookers: Collection[Callable[[Frame], object]] = (),
    ) -> None:
        self._make_feed = make_feed
        self._tell = tell  # safe to call from any thread
        self._onlookers = onlookers  # are shown every Frame, in the feed's thread, and must not wait
        self._lock = Lock()
        self._newest: Frame | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._feed: Feed | None = None
        self._serving: asyncio.Task[None] | None = None
        self._doing: dict[int, Future[None]] = {}  # actions under way
        self._ending: set[int] = set()  # those that the user has broken off
        self._is_stopped = False

    def start(self) -> None:
        """Start the thread; the feed is made in it."""
        Thread(target=self._run, name="feed", daemon=True).start()

    def stop(self) -> None:
        """Tell nothing more, and end the feed as soon as it yields; does not wait for that."""
        self._is_stopped = True
        loop, serving = self._loop, self._serving
        if loop is not None and serving is not None and not loop.is_closed():
            loop.call_soon_threadsafe(serving.cancel)

    def take(self) -> Frame | None:
        """The newest Frame, which is thereby taken; None when there is none since the last."""
        with self._lock:
            frame, self._newest = self._newest, None
        return frame

    def look_now(self) -> None:
        """Ask the feed for its next look at once."""
        loop, feed = self._loop, self._feed
        if loop is not None and feed is not None and not loop.is_closed():
            loop.call_soon_threadsafe(feed.look_now)

    def call(self, what: Callable[[], object]) -> None:
        """Have something done in the loop of the feed, where the feed may be touched."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what)

    def act(self, number: int, action: "Action") -> None:
        """Have the feed do something; messages of this number follow."""
        asking = self.ask(lambda feed: self._act(feed, number, action))
        if asking is None:
            self._say(ActionFailed(number, NO_FEED))
            return
        self._doing[number] = asking
        asking.add_done_callback(lambda done: self._over(done, number))

    def end(self, number: int) -> None:
        """Break an action off, if it goes on; ActionEnded follows."""
        asking = self._doing.get(number)
        if asking is not None:
            self._ending.add(number)
            asking.cancel()

    def ask_installed(self) -> None:
        """Ask what is installed; InstalledCame follows."""
        asking = self.ask(self._installed)
        if asking is None:
            self._say(InstalledCame((), NO_FEED))
        else:
            asking.add_done_callback(self._not_installed)

    def ask(self, what: Callable[[Feed], Coroutine[Any, Any, T]]) -> Future[T] | None:
        """Start something in the feed's own loop; None where there is none."""
        loop, feed = self._loop, self._feed
        if loop is None or feed is None or loop.is_closed():
            return None
        return asyncio.run_coroutine_threadsafe(what(feed), loop)

    async def _act(self, feed: Feed, number: int, action: "Action") -> None:
        try:
            await feed.act(action, lambda progress: self._say(ActionProgressed(number, progress)))
        except ActionError as error:
            self._say(ActionFailed(number, str(error)))
        else:
            self._say(ActionTaken(number))

    async def _installed(self, feed: Feed) -> None:
        try:
            self._say(InstalledCame(await feed.installed()))
        except ActionError as error:
            self._say(InstalledCame((), str(error)))

    def _over(self, done: Future[None], number: int) -> None:
        """Let no action end without a word: broken off by the user, by the end of its feed, by a defect."""
        self._doing.pop(number, None)
        if done.cancelled():
            is_wanted = number in self._ending
            self._say(ActionEnded(number) if is_wanted else ActionFailed(number, FEED_ENDED))
        elif (error := done.exception()) is not None:
            self._say(ActionFailed(number, described(error)))

    def _not_installed(self, done: Future[None]) -> None:
        error = None if done.cancelled() else done.exception()
        if error is not None:
            self._say(InstalledCame((), described(error)))

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            self._loop = runner.get_loop()
            self._loop.set_default_executor(DaemonExecutor())
            runner.run(self._live())

    async def _live(self) -> None:
        self._serving = asyncio.create_task(self._serve())
        if self._is_stopped:
            self._serving.cancel()
        await asyncio.wait({self._serving})
        error = None if self._serving.cancelled() else self._serving.exception()
        self._say(FeedFailed(described(error) if error else "the feed has ended"))

    async def _serve(self) -> None:
        self._feed = self._make_feed()
        async with aclosing(self._feed.frames()) as frames:
            async for frame in frames:
                for look in tuple(self._onlookers):
                    look(frame)
                with self._lock:
                    is_awaited, self._newest = self._newest is not None, frame
                if not is_awaited:
                    self._say(FrameCame())

    def _say(self, message: Message) -> None:
        if not self._is_stopped:
            self._tell(message)


def described(error: BaseException) -> str:
    """Why a feed ended, in one sentence; of a crash with the place that a report of it should name."""
    if isinstance(error, FeedError):
        return str(error)
    words = str(error) or "no reason given"
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"ollama-top's own feed crashed: {type(error).__name__}: {words}{place}"

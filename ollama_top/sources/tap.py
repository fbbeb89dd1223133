"""The feeds of running proxies: found, followed, and given orders.

Each feed fails on its own: what is known of it stays, with the reason why nothing new comes.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from ollama_top.config.feed_folder import trusted
from ollama_top.model.decoded import BadDocumentError
from ollama_top.model.feed_event import Answer, FeedEvent, Refused, event_of
from ollama_top.model.proxy import Held
from ollama_top.model.tapped import GONE, Tapped, fold

LONGEST_LINE_BYTES = 1 << 20
AGAIN_AFTER_S = 1.0
MOST_PAUSES = 32  # before a socket is tried again where nobody listened, and which is the same file since
LOOK_EVERY_S = 2.0
PATIENCE_S = 3.0
PATTERN = "proxy-*.sock"

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class TapError(Exception):
    """A feed that cannot be read or does not obey; the text says why."""


def feeds(folders: Iterable[Path] | None = None) -> tuple[Path, ...]:
    """The sockets of proxies that run, or have run: those of this user, and of the system."""
    looked = trusted() if folders is None else folders
    return tuple(path for folder in looked for path in _sockets(folder))


class Tap:
    """Follows one feed, again and again."""

    def __init__(self, path: Path, *, is_named: bool = False) -> None:
        """Prepare without connecting; `is_named` says that the user names it."""
        self.path = path
        self.tapped = self._unread = Tapped(str(path), is_named=is_named)

    async def follow(self) -> None:
        """Keep `tapped` up to date, until cancelled."""
        pauses = 1
        while True:
            file = _identity(self.path)
            try:
                await self._follow_once()
            except TapError as error:
                self.tapped = replace(self.tapped, problem=str(error))
            pauses = min(2 * pauses, MOST_PAUSES) if self.tapped.problem == GONE else 1
            await self._pause(pauses, file)

    async def _pause(self, pauses: int, file: tuple[int, int] | None) -> None:
        """Wait, no longer than until another socket is in its place: whoever listens anew has made one."""
        for _ in range(pauses):
            await asyncio.sleep(AGAIN_AFTER_S)
            if _identity(self.path) != file:
                return

    async def _follow_once(self) -> None:
        """Until the feed ends. What was known before is shown until all has been told anew."""
        fresh = self._unread
        async with connected(self.path) as (reader, _):
            while True:
                event = await _next_event(reader)
                if isinstance(event, Refused):
                    raise TapError(event.why)
                if event is not None:
                    fresh = fold(fresh, event)
                if fresh.is_ready:
                    self.tapped = fresh


class Taps:
    """Follows every feed there is, and those that come."""

    def __init__(self, more: Sequence[Path] = (), folders: Iterable[Path] | None = None) -> None:
        """Prepare; `more` are feeds that lie elsewhere."""
        self._more = tuple(more)
        self._folders = None if folders is None else tuple(folders)
        self._taps: dict[Path, Tap] = {}
        self._tasks: dict[Path, asyncio.Task[None]] = {}

    @property
    def tapped(self) -> tuple[Tapped, ...]:
        """What is known of each proxy now."""
        return tuple(_standing(tap.tapped, self._tasks[path]) for path, tap in self._taps.items())

    async def follow(self) -> None:
        """Look for feeds and follow them, until cancelled."""
        try:
            while True:
                self._meet({*self._more, *await asyncio.to_thread(feeds, self._folders)})
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            tasks = tuple(self._tasks.values())
            self._meet(set())
            await asyncio.gather(*tasks, return_exceptions=True)

    def _meet(self, there: set[Path]) -> None:
        """Follow what is new, and forget what is gone."""
        for path in tuple(self._taps):
            if path not in there:
                self._tasks.pop(path).cancel()
                del self._taps[path]
        for path in there:
            if path not in self._taps:
                self._taps[path] = Tap(path, is_named=path in self._more)
                self._tasks[path] = asyncio.get_running_loop().create_task(self._taps[path].follow())


def _standing(tapped: Tapped, following: asyncio.Task[None]) -> Tapped:
    """What is known, with the reason where a defect of ours has ended the following."""
    if not following.done() or following.cancelled():
        return tapped
    return replace(tapped, problem=f"it is not followed any more: {type(following.exception()).__name__}")


async def stop(path: Path) -> None:
    """Have a proxy let go what runs, and end; raises TapError."""
    async with connected(path) as feed:
        await order(feed, "stop")


async def order(feed: Connection, words: str) -> Held:
    """Give a proxy an order over its feed; how a hold stands then; raises TapError."""
    reader, writer = feed
    writer.write(f"{words}\n".encode())
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                match await _next_event(reader):
                    case Answer(held):
                        return held
                    case Refused(why):
                        raise TapError(why)
    except TimeoutError:
        raise TapError("the proxy does not answer") from None


@contextlib.asynccontextmanager
async def connected(path: Path) -> AsyncIterator[Connection]:
    """A feed, open as long as the `with` lasts; raises TapError."""
    try:
        reader, writer = await asyncio.open_unix_connection(path, limit=LONGEST_LINE_BYTES)
    except (ConnectionRefusedError, FileNotFoundError):
        raise TapError(GONE) from None
    except PermissionError:
        raise TapError("this user may not read it; --feed-group lets a group") from None
    except OSError as error:
        raise TapError(error.strerror or str(error)) from None
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def _next_event(reader: asyncio.StreamReader) -> FeedEvent | None:
    """The next event; None for one of a kind that is not known."""
    try:
        line = await reader.readuntil(b"\n")
        return event_of(line)
    except (asyncio.IncompleteReadError, OSError):
        raise TapError("the proxy has closed it") from None
    except asyncio.LimitOverrunError:
        raise TapError("it says a line that is too long") from None
    except BadDocumentError as error:
        raise TapError(f"it says what cannot be understood: {error}") from None


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another of its name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_ctime_ns


def _sockets(folder: Path) -> tuple[Path, ...]:
    try:
        found = sorted(folder.glob(PATTERN))
    except OSError:
        return ()
    return tuple(path for path in found if path.is_socket())

"""What runs beside the relay in its loop: the feed, the looking who calls, and the page for Prometheus."""

import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ollama_top import __version__
from ollama_top.config.feed_folder import UnsafeFolderError, feed_paths, make_folder
from ollama_top.listening import page
from ollama_top.listening.addresses import Listen, is_own_address
from ollama_top.listening.hosts import Hosts
from ollama_top.model.proxy import Proxy
from ollama_top.proxy.callers import Callers, local_callers
from ollama_top.proxy.feed import place
from ollama_top.proxy.feed.feed import Feed
from ollama_top.proxy.feed.place import FeedError, TakenError
from ollama_top.proxy.metering.meter import Meter
from ollama_top.proxy.metrics.counts import Counts
from ollama_top.proxy.metrics.text import text_of
from ollama_top.proxy.obeying import Obeying
from ollama_top.proxy.relay import Relay


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom the proxy tells, and where."""

    feed: Path | None = None  # None is the user's folder
    feed_group: str | None = None
    metrics: Listen | None = None
    allow_remote: bool = False
    metrics_hosts: tuple[str, ...] = ()  # names beside those that are always allowed


def check(telling: Telling) -> None:
    """Raises AddressError and FeedError for what is not to be done."""
    if telling.feed_group is not None and telling.feed is None:
        raise FeedError("--feed-group: the user's own folder is closed to others; --feed names another place")
    if telling.metrics is not None:
        page.check(telling.metrics, allow_remote=telling.allow_remote)


class Beside:
    """Tells of one relay what its meter sees."""

    def __init__(self, telling: Telling, meter: Meter, say: Callable[[str], None]) -> None:
        """Prepare without a relay; `say` takes a line for whoever started the proxy."""
        self._telling = telling
        self._meter = meter
        self._say = say
        self._started_at = datetime.now(UTC)

    @asynccontextmanager
    async def run(self, relay: Relay, listens: Sequence[Listen]) -> AsyncIterator[None]:
        """Tell as long as the relay runs; raises FeedError and AddressError where it cannot as asked."""
        callers = Callers([each.port for each in listens], local_callers())
        feed = Feed(self._meter, callers, lambda: self._facts(relay, listens), Obeying(relay, listens))
        async with AsyncExitStack() as stack:
            await self._serve_metrics(relay, stack)
            own = self._place(listens)
            if own is not None:
                stack.callback(own.leave)
                stack.callback(feed.close)
                stack.callback(callers.close)
                await feed.listen(own)
            yield

    def _place(self, listens: Sequence[Listen]) -> place.Place | None:
        """Where the feed is; None where the user's folder does not do, which is no reason not to relay."""
        if self._telling.feed is not None:
            return place.take(self._telling.feed, self._telling.feed_group)
        try:
            return _free_place(str(listens[0]))
        except (UnsafeFolderError, FeedError) as error:
            self._say(f"no monitor can see what passes: {error}")
            return None

    async def _serve_metrics(self, relay: Relay, stack: AsyncExitStack) -> None:
        if self._telling.metrics is None:
            return
        counts = Counts()
        self._meter.listeners.append(counts.note)
        hosts = Hosts.of_this_machine(socket.gethostname(), self._telling.metrics_hosts, is_own_address)

        async def counted() -> str:
            return text_of(self._meter, counts, (__version__, relay.upstream.url))

        await page.PageServer(counted, hosts).listen(self._telling.metrics, stack)

    def _facts(self, relay: Relay, listens: Sequence[Listen]) -> Proxy:
        meter = self._meter
        return Proxy(
            listen=str(listens[0]),
            upstream=relay.upstream.url,
            pid=os.getpid(),
            version=__version__,
            started_at=self._started_at,
            stopping=relay.asked_to_stop.is_set(),
            holding=relay.hold.is_holding,
            connections=len(meter.connections),
            opaque=meter.opaque,
            opaque_total=meter.opaque_total,
            exchanges_total=meter.exchanges_total,
            running=len(meter.running),
            waiting=meter.waiting,
        )


def _free_place(listen: str) -> place.Place:
    """The place of who listens there, or one beside it while a proxy that stops has it still."""
    taken: TakenError | None = None
    for path in feed_paths(listen):
        make_folder(path.parent)
        try:
            return place.take(path)
        except TakenError as error:
            taken = taken or error
    raise taken or FeedError("there is no place for it")

"""The relay as a whole: who is connected, what it keeps to, and how it stops."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from time import monotonic

from ollama_top.ollama.host import Target
from ollama_top.proxy.client import ClientSide
from ollama_top.proxy.crowded import TurnedAway
from ollama_top.proxy.hold import Hold
from ollama_top.proxy.limits import Limits
from ollama_top.proxy.rewriting import Rewriter
from ollama_top.proxy.watching import Watch

BACKLOG = 1024
TIDY_S = 10.0
DRAIN_LOOK_S = 0.02


class Relay:
    """Forwards what comes in on some sockets to one server, and tells a Watch of it."""

    def __init__(
        self,
        upstream: Target,
        watch: Watch,
        limits: Limits,
        rewriter: "Callable[[Relay], Rewriter | None]" = lambda _: None,
    ) -> None:
        self.upstream = upstream
        self.watch = watch
        self.limits = limits
        self.rewriter = rewriter  # makes one for each connection
        self.clients: set[ClientSide] = set()
        self.turned_away: set[TurnedAway] = set()
        self.hold = Hold(self.clients)
        self.asked_to_stop = asyncio.Event()
        self._servers: list[asyncio.Server] = []
        self._tidying: asyncio.TimerHandle | None = None

    async def listen(self, sockets: Sequence[socket.socket]) -> None:
        """Take connections on sockets that are bound."""
        loop = asyncio.get_running_loop()
        for each in sockets:
            self._servers.append(await loop.create_server(self._take, sock=each, backlog=BACKLOG))
        self._tidy()

    async def stop(self) -> None:
        """Take no more connections, let what runs come to its end within the limit, and close."""
        for server in self._servers:
            server.close()
        if self._tidying is not None:
            self._tidying.cancel()
        self.hold.release()
        ends_s = monotonic() + self.limits.drain_s
        while self.clients and monotonic() < ends_s:
            for each in tuple(self.clients):
                if each.is_idle:
                    each.close()
            await asyncio.sleep(DRAIN_LOOK_S)
        for each in tuple(self.clients):
            each.abort()
        await asyncio.sleep(0)

    def turn_to(self, upstream: Target) -> None:
        """Go on to another address; what is under way goes on where it is."""
        self.upstream = upstream
        for each in tuple(self.clients):
            each.renew()

    def joined(self, client: ClientSide) -> None:
        """A client came."""
        self.clients.add(client)

    def left(self, client: ClientSide) -> None:
        """A client is gone."""
        self.clients.discard(client)

    def _take(self) -> asyncio.Protocol:
        is_full = len(self.clients) >= self.limits.connections
        return TurnedAway(self) if is_full else ClientSide(self)

    def _tidy(self) -> None:
        self._tidying = asyncio.get_running_loop().call_later(TIDY_S, self._tidy)
        now_s = monotonic()
        for each in tuple(self.clients):
            each.tidy(now_s)

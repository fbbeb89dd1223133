"""The way from one client to the server: dialled at the first byte, and dialled anew once it was lost."""

import asyncio
from typing import TYPE_CHECKING

from ollama_top.proxy.dialling import UnreachableError, dial
from ollama_top.proxy.sockets import reset
from ollama_top.proxy.upstream import UpstreamSide

if TYPE_CHECKING:
    from ollama_top.proxy.client import ClientSide
    from ollama_top.proxy.relay import Relay


class Road:
    """Takes bytes at any time, and keeps them while the server is dialled."""

    def __init__(self, client: "ClientSide", relay: "Relay") -> None:
        self._client = client
        self._relay = relay
        self._dialling: asyncio.Task[None] | None = None
        self._is_ended = False  # nothing more will be sent
        self._is_paused = False  # nothing more is to be read
        self._target = relay.upstream  # as it was dialled
        self.upstream: UpstreamSide | None = None
        self.unsent = bytearray()

    @property
    def transport(self) -> asyncio.Transport | None:
        """The connection to the server, where there is one."""
        return None if self.upstream is None else self.upstream.transport

    @property
    def is_begun(self) -> bool:
        """Whether the server is connected, or is being dialled."""
        return self.upstream is not None or self._dialling is not None

    @property
    def is_astray(self) -> bool:
        """Whether it leads to where the server was."""
        return self.is_begun and self._target is not self._relay.upstream

    def send(self, data: bytes) -> None:
        """Send this now, or as soon as the server is there."""
        if self.upstream is not None:
            self.upstream.transport.write(data)
            return
        self.unsent += data
        if self._dialling is None:
            self._dialling = asyncio.get_running_loop().create_task(self._dial())

    def end(self) -> None:
        """Say that nothing more will be sent, behind all that was."""
        self._is_ended = True
        if self.upstream is not None:
            self.upstream.transport.write_eof()

    def steer(self, *, is_paused: bool) -> None:
        """Read no more of what the server says, or go on."""
        self._is_paused = is_paused
        if self.upstream is not None and is_paused:
            self.upstream.transport.pause_reading()
        elif self.upstream is not None:
            self.upstream.transport.resume_reading()

    def made(self, upstream: UpstreamSide) -> None:
        """The server is there."""
        self._dialling = None
        self.upstream = upstream
        if self._is_paused:
            upstream.transport.pause_reading()
        upstream.transport.write(bytes(self.unsent))
        self.unsent.clear()
        if self._is_ended:
            upstream.transport.write_eof()

    def let_go(self, *, is_reset: bool) -> None:
        """End the connection to the server, or the attempt at one, if there is any."""
        self.unsent.clear()
        if self._dialling is not None:
            self._dialling.cancel()
            self._dialling = None
        upstream, self.upstream = self.upstream, None
        if upstream is not None and is_reset:
            reset(upstream.transport)
        elif upstream is not None:
            upstream.transport.close()

    async def _dial(self) -> None:
        self._target = self._relay.upstream
        try:
            await dial(self._target, lambda: UpstreamSide(self._client), self._relay.limits.dial_s)
        except UnreachableError as error:
            self._dialling = None
            self._client.upstream_is_down(str(error))

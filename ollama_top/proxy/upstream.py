"""The server's side of a connection: what it says goes to the client, and how it ends is told there."""

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, cast

from ollama_top.proxy.sockets import keep_alive

if TYPE_CHECKING:
    from ollama_top.proxy.client import ClientSide


class UpstreamSide(asyncio.Protocol):
    """One connection to the server, for one client."""

    transport: asyncio.Transport

    def __init__(self, client: "ClientSide") -> None:
        self._client = client
        self.ended_s: float | None = None  # when the server said that it sends no more

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The server is there."""
        self.transport = cast("asyncio.Transport", transport)
        keep_alive(transport)
        self._client.upstream_made(self)

    def data_received(self, data: bytes) -> None:
        """Pass it on, and then look at it."""
        client = self._client
        client.transport.write(data)
        if client.has_ended and client.was_reset():
            return
        client.wire.upstream_bytes(data, monotonic())

    def eof_received(self) -> bool:
        """The server sends no more; whether it may still be sent something."""
        return self._client.upstream_ended(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone; it was reset unless `exc` is None."""
        self._client.upstream_lost(self, exc)

    def pause_writing(self) -> None:
        """The server reads more slowly than the client sends."""
        self._client.upstream_is_full(is_full=True)

    def resume_writing(self) -> None:
        """It has caught up."""
        self._client.upstream_is_full(is_full=False)

"""A connection beyond the limit: it is told so, and never reaches the server."""

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from ollama_top.proxy.answers import answer
from ollama_top.proxy.limits import TURNED_AWAY
from ollama_top.proxy.sockets import reset

if TYPE_CHECKING:
    from ollama_top.proxy.relay import Relay

PATIENCE_S = 2.0


class TurnedAway(asyncio.Protocol):
    """Answers 503 to the first thing that the client says, and leaves."""

    def __init__(self, relay: "Relay") -> None:
        self._relay = relay
        self._is_told = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """One client more."""
        self._transport = cast("asyncio.Transport", transport)
        self._relay.turned_away.add(self)
        if len(self._relay.turned_away) > TURNED_AWAY:
            reset(self._transport)
        else:
            asyncio.get_running_loop().call_later(PATIENCE_S, self._transport.close)

    def data_received(self, data: bytes) -> None:  # noqa: ARG002 - it is not read
        """Say it once."""
        if not self._is_told:
            self._is_told = True
            most = self._relay.limits.connections
            why = f"{most} connections are open, and no more are taken (--max-connections)"
            self._transport.write(answer(HTTPStatus.SERVICE_UNAVAILABLE, why))
            self._transport.write_eof()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - it had nothing to lose
        """The client is gone."""
        self._relay.turned_away.discard(self)

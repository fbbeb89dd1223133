"""The client's side of a connection: what it says goes to the server, unchanged and at once.

An end is passed on as an end, and a reset as a reset. Must never wait for whoever watches.
"""

import asyncio
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, cast

from ollama_top.proxy.answers import answer
from ollama_top.proxy.rewriting import RefusedError
from ollama_top.proxy.road import Road
from ollama_top.proxy.sockets import has_failed, keep_alive, reset
from ollama_top.proxy.upstream import UpstreamSide
from ollama_top.proxy.wire.connection import Wire

if TYPE_CHECKING:
    from ollama_top.proxy.relay import Relay

LINGER_S = 2.0
"""For a client to read our own answer and leave, before it is left."""


class ClientSide(asyncio.Protocol):
    """One connection of a client, and the one to the server that belongs to it."""

    transport: asyncio.Transport
    address: tuple[str, int]
    wire: Wire

    def __init__(self, relay: "Relay") -> None:
        self._relay = relay
        self._road = Road(self, relay)
        self._out: asyncio.Transport | None = None  # the server's, where all goes straight on
        self._held = bytearray()  # waits for the end of a hold, and was not looked at yet
        self._rewriter = relay.rewriter(relay)
        self._is_answered = False  # by the relay itself: nothing goes on any more
        self._is_upstream_full = False
        self._has_said_end = False  # to the client, which is told nothing after it
        self._was_reset = False
        self._opened_s: float | None = monotonic()  # None once the client said something
        self.has_ended = False  # the client sends no more

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        self.transport = cast("asyncio.Transport", transport)
        keep_alive(transport)
        host, port = transport.get_extra_info("peername")[:2]
        self.address = (str(host), int(port))
        self.wire = Wire(self._relay.watch, self.address, monotonic())
        self._relay.joined(self)

    def data_received(self, data: bytes) -> None:
        """Pass it on, and then look at it."""
        if self._out is not None:
            self._out.write(data)
            self._look_at(data)
        elif not self._is_answered:
            self._opened_s = None
            self._take_aside(data)

    def eof_received(self) -> bool:
        """The client sends no more; whether it may still be told something."""
        if self.has_ended:  # a transport that was paused says it twice
            return True
        self.has_ended = True
        self.wire.client_ended(monotonic())
        if self._held or self._is_answered or not self._road.is_begun:
            return bool(self._held)
        self._road.end()
        return self._road.upstream is None or self._road.upstream.ended_s is None

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone; it was reset unless `exc` is None."""
        is_reset = exc is not None or self._was_reset
        if is_reset:
            self.wire.client_lost(monotonic())
        self._let_go(is_reset=is_reset)
        self.wire.closed(monotonic())
        self._relay.left(self)

    def pause_writing(self) -> None:
        """The client reads more slowly than the server sends."""
        self._road.steer(is_paused=True)

    def resume_writing(self) -> None:
        """It has caught up."""
        self._road.steer(is_paused=False)

    def upstream_made(self, upstream: UpstreamSide) -> None:
        """The server is there."""
        if self.transport.is_closing() or self._is_answered:
            upstream.transport.abort()
            return
        self.wire.dialled(upstream.transport.get_extra_info("sockname")[:2], monotonic())
        self._road.made(upstream)
        self._straighten()
        self._steer()

    def upstream_ended(self, upstream: UpstreamSide) -> bool:
        """The server sends no more; whether it may still be sent something."""
        if upstream is not self._road.upstream:
            return False
        if self._can_lose_upstream():
            self._let_go(is_reset=False)
            return False
        if upstream.ended_s is None:
            upstream.ended_s = monotonic()
            self.wire.upstream_ended(upstream.ended_s)
            self._has_said_end = True
            self.transport.write_eof()
        if self.has_ended:
            self.transport.close()
        return not self.has_ended

    def upstream_lost(self, upstream: UpstreamSide, exc: Exception | None) -> None:
        """The server's connection is gone; it was reset unless `exc` is None."""
        if upstream is not self._road.upstream:
            return
        is_missed = not self._can_lose_upstream()
        self._let_go(is_reset=False)
        if exc is None:
            self.transport.close()
        elif is_missed:
            self.wire.upstream_lost(monotonic())
            reset(self.transport)

    def upstream_is_full(self, *, is_full: bool) -> None:
        """The server reads more slowly than the client sends, or has caught up."""
        self._is_upstream_full = is_full
        self._steer()

    def upstream_is_down(self, why: str) -> None:
        """There is no server."""
        reply = answer(HTTPStatus.BAD_GATEWAY, why, to_head=self.wire.answers_head)
        self.wire.upstream_down(why, monotonic())
        self._answer(reply)

    def was_reset(self) -> bool:
        """Whether a client that sends no more has gone altogether; then the server is told so."""
        if self.transport.is_closing():
            return True
        if has_failed(self.transport):
            self.abort()
        return self._was_reset

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way; of an opaque connection that is never known."""
        return self.wire.is_idle and not self._road.unsent and not self._held

    @property
    def under_way(self) -> int:
        """Requests that the server has, or a part of which; of an opaque connection none is known."""
        return 0 if self.wire.opaque else max(self.wire.running, not self.wire.is_idle)

    @property
    def is_held(self) -> bool:
        """Whether a request of this client waits for the end of a hold."""
        return bool(self._held)

    def begin_hold(self) -> None:
        """From here on look before sending."""
        self._straighten()

    def renew(self) -> None:
        """Leave a server that is not there any more, where nothing is under way."""
        if self._road.is_astray and self._can_spare_upstream:
            self._let_go(is_reset=False)
        self._straighten()

    def end_hold(self) -> None:
        """Send what was held."""
        held = bytes(self._held)
        self._held.clear()
        if held:
            self._road.send(held)
            self._look_at(held)
            if self.has_ended:
                self._road.end()
        self._straighten()
        self._steer()

    def tidy(self, now_s: float) -> None:
        """Leave a client that says nothing at first, or that stays when the server has left."""
        limits, upstream = self._relay.limits, self._road.upstream
        ended_s = None if upstream is None else upstream.ended_s
        is_silent = self._opened_s is not None and now_s - self._opened_s > limits.first_byte_s
        is_left_over = ended_s is not None and now_s - ended_s > limits.half_closed_s and self.is_idle
        if is_silent or is_left_over:
            self.close()

    def close(self) -> None:
        """End the connection, as soon as all that was received is sent."""
        self.transport.close()

    def abort(self) -> None:
        """End the connection at once, seen by both sides as a reset."""
        self._was_reset = True
        reset(self.transport)

    def _take_aside(self, data: bytes) -> None:
        """What cannot go straight on: at first, during a hold, and where heads are rewritten."""
        if self._rewriter is not None:
            try:
                data = self._rewriter.edit(data)
            except RefusedError as refused:
                self._refuse(refused)
                return
        if data and self._relay.hold.is_holding:
            self._keep_from(data)
        elif data:
            self.renew()
            self._road.send(data)
            self._look_at(data)
        self._steer()

    def _keep_from(self, data: bytes) -> None:
        """Send on what belongs to the request under way, and keep the rest."""
        rest = 0 if self._held else self.wire.rest_of_request(data, monotonic())
        self._held += data[rest:]
        if rest:
            self._road.send(data[:rest])
            self._check_size()

    def _look_at(self, data: bytes) -> None:
        self.wire.client_bytes(data, monotonic())
        self._check_size()

    def _check_size(self) -> None:
        if self.wire.has_large_head and not self._is_answered:
            self._answer(answer(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"{self.wire.opaque}"))

    def _refuse(self, refused: RefusedError) -> None:
        """Answer in the server's stead, where the client can take the answer for the right request's."""
        if self.wire.running:
            self.abort()
            return
        if refused.head:
            self.wire.client_bytes(refused.head, monotonic())
        reply = answer(refused.status, str(refused), to_head=self.wire.answers_head)
        if refused.head:
            self.wire.upstream_bytes(reply, monotonic())
        self._answer(reply)

    def _answer(self, reply: bytes) -> None:
        """Say this and nothing more; a close could overtake it, so the client gets a while to read it."""
        self._is_answered = True
        self._held.clear()
        self._let_go(is_reset=True)
        if self._has_said_end:
            self.close()
            return
        self.transport.write(reply)
        if self.has_ended:
            self.transport.close()
            return
        self.transport.write_eof()
        self._steer()
        asyncio.get_running_loop().call_later(LINGER_S, self.transport.close)

    def _let_go(self, *, is_reset: bool) -> None:
        self._out = None
        self._road.let_go(is_reset=is_reset)
        self.wire.hung_up(monotonic())

    def _can_lose_upstream(self) -> bool:
        """Whether the client need not know that the server's connection is gone."""
        return self._relay.hold.is_holding and self._can_spare_upstream

    @property
    def _can_spare_upstream(self) -> bool:
        """Whether nothing is under way, and the client does not wait for the end alone."""
        waits_for_end = self.wire.announced_end or (self.has_ended and not self._held)
        return self.wire.is_idle and not waits_for_end

    def _straighten(self) -> None:
        """Let the client's bytes go straight on, if nothing speaks against it."""
        is_aside = self._rewriter is not None or self._relay.hold.is_holding or self._road.is_astray
        self._out = None if is_aside else self._road.transport

    def _steer(self) -> None:
        """Read from the client no faster than its bytes go on."""
        aside = len(self._road.unsent) + len(self._held)
        if (self._is_upstream_full or aside > self._relay.limits.aside_bytes) and not self.has_ended:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

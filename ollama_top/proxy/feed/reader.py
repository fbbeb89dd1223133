"""One monitor that reads the feed.

Must never be waited for: what it has not read is bounded, and beyond that it is dropped.
"""

import asyncio
import os
from collections.abc import Callable
from typing import cast

from ollama_top.model.feed_event import Refused, line_of
from ollama_top.proxy.feed.orders import LONGEST_ORDER_BYTES
from ollama_top.proxy.feed.peer import pid_of, uid_of

MOST_UNREAD_BYTES = 4 << 20
ROOT = 0


class Reader(asyncio.Protocol):
    """A connection to the feed."""

    def __init__(
        self,
        joined: Callable[["Reader"], None],
        left: Callable[["Reader"], None],
        ordered: Callable[["Reader", bytes], bytes],
    ) -> None:
        """Prepare; `joined` and `left` are told of it, `ordered` answers a line of it with a line."""
        self._joined = joined
        self._left = left
        self._ordered = ordered
        self.pid: int | None = None  # of its process; None where the system does not tell
        self.is_told = True  # of what passes; who only gives orders need not be
        self._uid: int | None = None
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._is_drained = asyncio.Event()
        self._is_drained.set()

    @property
    def is_owner(self) -> bool:
        """Whether it is of the proxy's own user, or root's; where the system does not tell, it is not."""
        return self._uid in {os.getuid(), ROOT}

    @property
    def is_gone(self) -> bool:
        """Whether it left or was dropped."""
        return self._transport is None or self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is here."""
        self._transport = cast("asyncio.Transport", transport)
        own = transport.get_extra_info("socket")
        self._uid, self.pid = uid_of(own), pid_of(own)
        self._joined(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - as Protocol has it
        """It is gone."""
        self._transport = None
        self._is_drained.set()
        self._left(self)

    def data_received(self, data: bytes) -> None:
        """Orders, a line each; whoever sends more than one could be is dropped."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if max(map(len, (*lines, self._rest))) > LONGEST_ORDER_BYTES:
            return self.close()
        for line in lines:
            self.tell(self._ordered(self, line))
        return None

    def pause_writing(self) -> None:
        """It reads more slowly than it is told."""
        self._is_drained.clear()

    def resume_writing(self) -> None:
        """It has caught up."""
        self._is_drained.set()

    def tell(self, line: bytes) -> None:
        """A line, unless too much is unread: then it is dropped."""
        if self.is_gone or self._transport is None:
            return
        self._transport.write(line)
        if self._transport.get_write_buffer_size() > MOST_UNREAD_BYTES:
            self._transport.abort()

    async def caught_up(self) -> None:
        """Wait until little is unread, or it is gone."""
        await self._is_drained.wait()

    def refuse(self, why: str) -> None:
        """Say why, and close."""
        self.tell(line_of(Refused(why)))
        self.close()

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()

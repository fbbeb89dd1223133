"""Both directions of one connection, from its opening to its end.

Must never raise: bytes that cannot be read, and a watcher that fails, make the connection opaque.
"""

from collections import deque
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from ollama_top.proxy.unwatched import Unwatched
from ollama_top.proxy.watching import Watch
from ollama_top.proxy.wire.doubt import DoubtError
from ollama_top.proxy.wire.exchange import Replies, Requests, Waiting
from ollama_top.proxy.wire.reader import TooLargeError

P = ParamSpec("P")
T = TypeVar("T")


class Wire:
    """Reads a copy of what passes, and tells the watcher.

    Who says what, and who closes, must be told in the order in which it happened.
    """

    __slots__ = ("_client_gone", "_replies", "_requests", "_waiting", "_watch", "has_large_head", "opaque")

    def __init__(self, watch: Watch, client: tuple[str, int], at_s: float) -> None:
        self.opaque: str | None = None  # why the connection cannot be read any more
        self.has_large_head = False  # of a request, with none before it that waits for its reply
        self._waiting: Waiting = deque()
        self._replies = Replies(self._waiting)
        self._client_gone = False
        self._watch = Unwatched().opened(client, at_s)
        self._watch = self._safely(at_s, watch.opened, client, at_s) or self._watch
        self._requests = Requests(self._watch, self._waiting)

    @property
    def running(self) -> int:
        """Exchanges without a complete reply."""
        return len(self._waiting)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way in either direction, as far as can be read."""
        quiet = self.opaque is None and not self._waiting
        return quiet and self._requests.is_between and self._replies.is_between

    @property
    def is_between_requests(self) -> bool:
        """Whether the client's next byte begins a request."""
        return self.opaque is None and self._requests.is_between

    @property
    def announced_end(self) -> bool:
        """Whether the client was told that the connection ends behind the last reply, and may wait for it."""
        return self._replies.announced_end

    @property
    def answers_head(self) -> bool:
        """Whether the next reply is one to HEAD, which has no body."""
        return bool(self._waiting) and self._waiting[0].is_to_head

    def client_bytes(self, data: bytes, at_s: float) -> None:
        """The client sent this."""
        if self.opaque is None:
            self._safely(at_s, self._requests.read, data, at_s)

    def dialled(self, own: tuple[str, int], at_s: float) -> None:
        """The server took the connection, which comes from that address and port."""
        if self.opaque is None:
            self._safely(at_s, self._watch.dialled, own, at_s)

    def hung_up(self, at_s: float) -> None:
        """The connection to the server is gone; the next request goes over another."""
        if self.opaque is None:
            self._safely(at_s, self._watch.hung_up, at_s)

    def upstream_bytes(self, data: bytes, at_s: float) -> None:
        """The server sent this."""
        if self.opaque is None:
            self._safely(at_s, self._replies.read, data, at_s)

    def rest_of_request(self, data: bytes, at_s: float) -> int:
        """As client_bytes, for no more than ends the request under way; how many bytes these are."""
        taken = 0 if self.is_between_requests else len(data)
        if taken and self.opaque is None:
            taken = self._safely(at_s, self._requests.read, data, at_s, until_end=True) or len(data)
        return taken

    def client_ended(self, at_s: float) -> None:
        """The client sends no more. It has left, where it has not asked to the end, or was being told.

        Else it may still listen; a reply that is cut short later was cut because the client left.
        """
        self._client_gone = True
        unfinished = self._requests.unfinished
        for each in tuple(self._waiting):
            if each.has_reply or each is unfinished:
                self._safely(at_s, each.end().client_left, at_s)

    def client_lost(self, at_s: float) -> None:
        """The client is gone."""
        self._client_gone = True
        self._cut(at_s)

    def upstream_ended(self, at_s: float) -> None:
        """The server sends no more."""
        if self.opaque is None and self._replies.ends_with_connection and self._waiting:
            self._safely(at_s, self._replies.finish, at_s)
        self._cut(at_s)

    def upstream_lost(self, at_s: float) -> None:
        """The server reset the connection."""
        self._cut(at_s)

    def upstream_down(self, why: str, at_s: float) -> None:
        """The server could not be reached, and the client was told so."""
        while self._waiting:
            self._safely(at_s, self._waiting.popleft().end().upstream_down, why, at_s)

    def closed(self, at_s: float) -> None:
        """The connection is gone on both sides."""
        self._cut(at_s)
        self._safely(at_s, self._watch.closed, at_s)

    def _cut(self, at_s: float) -> None:
        while self._waiting:
            watch = self._waiting.popleft().end()
            self._safely(at_s, watch.client_left if self._client_gone else watch.upstream_cut, at_s)

    def _safely(self, at_s: float, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return act(*args, **kwargs)
        except TooLargeError as doubt:
            self.has_large_head = act == self._requests.read and not self._waiting
            self._blind(str(doubt), at_s)
        except DoubtError as doubt:
            self._blind(str(doubt), at_s)
        except Exception:  # noqa: BLE001 - whatever fails here must not fail for the client
            self._blind("its watcher failed", at_s)
        return None

    def _blind(self, why: str, at_s: float) -> None:
        """Read no more."""
        if self.opaque is not None:
            return
        self.opaque = why
        while self._waiting:
            self._safely(at_s, self._waiting.popleft().end().opaque, why, at_s)
        self._safely(at_s, self._watch.opaque, why, at_s)

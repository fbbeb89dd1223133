"""Requests and their replies, paired: the n-th reply of a connection answers its n-th request."""

from collections import deque

from ollama_top.proxy.unwatched import UnwatchedExchange
from ollama_top.proxy.watching import ConnectionWatch, ExchangeWatch, ReplyHead
from ollama_top.proxy.wire.body import Body, UntilClose
from ollama_top.proxy.wire.doubt import DoubtError
from ollama_top.proxy.wire.heads import reply_of, request_of
from ollama_top.proxy.wire.reader import Reader

MOST_WAITING = 1000
"""Requests without a reply on one connection; more of them is a doubt, and costs no more memory."""

_TOLD_ALL = UnwatchedExchange()


class Exchange:
    """A request whose reply is not complete."""

    __slots__ = ("expects", "has_reply", "is_to_head", "watch")

    def __init__(self, watch: ExchangeWatch, *, is_to_head: bool, expects: bool) -> None:
        self.watch = watch
        self.is_to_head = is_to_head
        self.expects = expects  # the client waits for leave to send the body
        self.has_reply = False  # the reply has begun

    @property
    def is_over(self) -> bool:
        """Whether the watcher was told how it ended."""
        return self.watch is _TOLD_ALL

    def end(self) -> ExchangeWatch:
        """The watcher, to be told how it ended: whatever comes later it does not hear."""
        watch, self.watch = self.watch, _TOLD_ALL
        return watch


Waiting = deque[Exchange]
"""The exchanges without a complete reply, the oldest first."""


class Requests(Reader):
    """The client's direction."""

    __slots__ = ("_last", "_waiting", "_watch")

    def __init__(self, watch: ConnectionWatch, waiting: Waiting) -> None:
        super().__init__()
        self._watch = watch
        self._waiting = waiting
        self._last = Exchange(_TOLD_ALL, is_to_head=False, expects=False)

    @property
    def unfinished(self) -> Exchange | None:
        """The exchange whose request is under way."""
        return self._last if self._body is not None else None

    def _opened(self, head: bytes, at_s: float) -> Body | None:
        parsed, body = request_of(head)
        if len(self._waiting) >= MOST_WAITING:
            raise DoubtError("too many requests at once wait for their replies")
        expects = body is not None and (parsed.field(b"expect") or b"").lower() == b"100-continue"
        told = self._watch.exchange(parsed, at_s)
        self._last = Exchange(told, is_to_head=parsed.method == "HEAD", expects=expects)
        self._waiting.append(self._last)
        return body

    def _content(self, content: bytes, at_s: float) -> None:
        if self._last.expects:
            if self._last.is_over:
                raise DoubtError("the server refused a body, and the client sent something")
            self._last.expects = False
        self._last.watch.request_body(content, at_s)

    def _ended(self, at_s: float) -> None:
        self._last.watch.request_ended(at_s)


class Replies(Reader):
    """The server's direction."""

    __slots__ = ("_is_interim", "_last", "_waiting")

    def __init__(self, waiting: Waiting) -> None:
        super().__init__()
        self._waiting = waiting
        self._is_interim = False
        self._last: ReplyHead | None = None

    @property
    def announced_end(self) -> bool:
        """Whether the last reply said that the server closes the connection behind it."""
        return self._last is not None and self._last.is_last

    @property
    def ends_with_connection(self) -> bool:
        """Whether the connection's end completes the reply."""
        return isinstance(self._body, UntilClose)

    def _opened(self, head: bytes, at_s: float) -> Body | None:
        if not self._waiting:
            raise DoubtError("the server says what nobody asked for")
        answered = self._waiting[0]
        parsed, body = reply_of(head, is_to_head=answered.is_to_head)
        self._is_interim = parsed.status < 200
        if self._is_interim:
            answered.expects = False
        else:
            answered.has_reply = True
            self._last = parsed
            answered.watch.reply(parsed, at_s)
        return body

    def _content(self, content: bytes, at_s: float) -> None:
        self._waiting[0].watch.reply_body(content, at_s)

    def _ended(self, at_s: float) -> None:
        if not self._is_interim:
            self._waiting[0].watch.reply_ended(at_s)  # a watcher that fails at it is told of the doubt, too
            self._waiting.popleft().end()

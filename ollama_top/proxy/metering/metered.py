"""One exchange while it passes: times, bytes, and what its ends say.

Must never cost a piece of a stream more than a few additions, nor hold more of it than the last few KiB,
which go when it ends.
"""

from collections.abc import Callable
from json import JSONDecoder
from time import monotonic, time

from ollama_top.model.exchange import MANAGEMENT, Failure, Phase, Transfer
from ollama_top.proxy.dialects.ollama import transfer_of
from ollama_top.proxy.dialects.told import NOTHING_TOLD, Asked, Rule
from ollama_top.proxy.metering.caller import Client
from ollama_top.proxy.metering.form_finder import FormFinder
from ollama_top.proxy.metering.key_finder import KeyFinder
from ollama_top.proxy.metering.tail import Ending, Tail
from ollama_top.proxy.watching import ReplyHead, RequestHead

BAD_GATEWAY = 502
STREAMS = (b"application/x-ndjson", b"text/event-stream")
LONGEST_AGENT = 120
SEEN_BYTES = 64  # a mark of content is shorter
PLAIN = (b"", b"identity")
FAILURES = {401: Failure.REFUSED, 403: Failure.REFUSED, 404: Failure.NOT_FOUND, 503: Failure.BUSY}

BLANKS = " \t\r\n"

_parse = JSONDecoder().raw_decode

Changed = Callable[["Metered"], None]
"""Is told of an exchange whose phase has changed."""


class Metered:
    """The watch of one metered exchange. What is public is read by whoever tells of it."""

    __slots__ = (
        *(
            "_changed",
            "_finder",
            "_is_packed",
            "_lines",
            "_seen",
            "_size",
            "_tail",
            "_transfer",
            "asked",
            "began_wall_s",
        ),
        *("began_s", "client", "ended_s", "failure", "first_s", "is_request_packed", "is_streamed", "last_s"),
        *("number", "phase", "reply_bytes", "request_bytes", "road", "rule", "status", "told"),
        "user_agent",
    )

    def __init__(
        self, number: int, client: Client, rule: Rule, head: RequestHead, at_s: float, changed: Changed
    ) -> None:
        """Begin with the head of the request."""
        self.number = number
        self.client = client
        self.road = client.road
        self.rule = rule
        self.began_s = at_s
        self.began_wall_s = time() - (monotonic() - at_s)
        self.phase = Phase.WAITING
        self.failure: Failure | None = None
        self.status: int | None = None
        self.asked: Asked | None = None
        self.told = NOTHING_TOLD
        self.is_streamed: bool | None = None  # as the reply says
        self.first_s: float | None = None  # of content, in a streamed reply
        self.last_s = at_s  # of the last piece
        self.ended_s: float | None = None
        self.request_bytes = self.reply_bytes = 0
        self._lines = 0
        self._seen = b""
        self._tail: Tail | None = None
        self._transfer: Transfer | None = None  # how far it was at the end
        self._is_packed = False
        self._changed = changed
        self._finder: KeyFinder | FormFinder | None = None
        self._take_head(head)

    def _take_head(self, head: RequestHead) -> None:
        self.user_agent: bytes | None = None
        self.is_request_packed = False
        self._size = -1  # of the body, where it is told
        for name, value in head.fields:
            key = name.lower()
            if key == b"content-length":
                self._size = int(value) if value.isdigit() else -1
            elif key == b"user-agent":
                self.user_agent = value[:LONGEST_AGENT]
            elif key == b"content-encoding":
                self.is_request_packed = value.lower() not in PLAIN

    @property
    def pieces(self) -> int:
        """Pieces of a streamed reply so far; each is a token, or close to it."""
        return self._lines // self.rule.lines_a_piece

    @property
    def asked_so_far(self) -> Asked | None:
        """What is asked, as far as it has come; None where it cannot be read."""
        if self.asked is None and self._finder is not None:
            return self.rule.ask(self._finder.found)
        return self.asked

    @property
    def transfer(self) -> Transfer | None:
        """How far a pull, a push or the making of a model is, by the last line that is whole."""
        if self.rule.route not in MANAGEMENT or self._tail is None:
            return self._transfer
        return transfer_of(self._ending().rest.rpartition(b"\n")[0].rpartition(b"\n")[2])

    def request_body(self, data: bytes, at_s: float) -> None:  # noqa: ARG002 - as ExchangeWatch has it
        """Look for what is asked; a body that comes in one piece is read as it is."""
        is_first = self.request_bytes == 0
        self.request_bytes += len(data)
        if self.is_request_packed or (is_first and len(data) == self._size and self._read(data)):
            return
        if self._finder is None and is_first:
            self._finder = FormFinder() if self.rule.has_form else KeyFinder(self.rule.wanted)
        if self._finder is not None:
            self._finder.feed(data)

    def _read(self, body: bytes) -> bool:
        """Whether the whole body is an object that can be read at once."""
        text = body.decode(errors="replace")
        try:
            document, end = _parse(text)
        except (ValueError, RecursionError):
            return False
        if self.rule.has_form or not isinstance(document, dict) or text[end:].strip(BLANKS):
            return False
        wanted = self.rule.wanted
        found = {name: value for key, value in document.items() if (name := key.lower()) in wanted}
        self.asked = self.rule.ask(found)
        return True

    def request_ended(self, at_s: float) -> None:  # noqa: ARG002 - as ExchangeWatch has it
        """All that is asked has been seen."""
        if self.asked is None and not self.is_request_packed:
            self.asked = self.asked_so_far or Asked()
        self._finder = None

    def reply(self, head: ReplyHead, at_s: float) -> None:  # noqa: ARG002 - as ExchangeWatch has it
        """See how the answer will come."""
        self.status = head.status
        for name, value in head.fields:
            key = name.lower()
            if key == b"content-type":
                self.is_streamed = value.lower().startswith(STREAMS)
            elif key == b"content-encoding":
                self._is_packed = value.lower() not in PLAIN

    def reply_body(self, data: bytes, at_s: float) -> None:
        """Count, keep the end, and look for the first content until it is there."""
        self.last_s = at_s
        self.reply_bytes += len(data)
        self._lines += data.count(b"\n")
        if self._tail is None:
            self._tail = Tail(data)
        else:
            self._tail.add(data)
        if self.first_s is None:
            self._begin(data, at_s)

    def _begin(self, data: bytes, at_s: float) -> None:
        """Before the first content: see whether this piece brings it."""
        if not self.is_streamed:
            is_here = self.phase is Phase.WAITING
        else:
            seen = self._seen + data
            is_here = self.rule.content.search(seen) is not None
            self._seen = b"" if is_here else seen[-SEEN_BYTES:]
            self.first_s = at_s if is_here else None
        if is_here:
            self.phase = Phase.STREAMING
            self._changed(self)

    def reply_ended(self, at_s: float) -> None:
        """Read the last statistics, and judge."""
        if not self._is_packed:
            self.told = self.rule.tell(self._ending(), is_streamed=bool(self.is_streamed))
        self.failure = self._verdict()
        self._end(Phase.FAILED if self.failure else Phase.DONE, at_s)

    def _ending(self) -> Ending:
        return Ending(b"", b"") if self._tail is None else self._tail.ending()

    def _verdict(self) -> Failure | None:
        status = self.status or 0
        if status >= 400:
            default = Failure.BAD_REQUEST if status < 500 else Failure.SERVER_ERROR
            return FAILURES.get(status, default)
        if self.told.has_failed:
            return Failure.FAILED_MIDWAY
        return None if self.told.is_end or self._is_packed else Failure.TRUNCATED

    def client_left(self, at_s: float) -> None:
        """The client did not wait for the end."""
        self._end(Phase.LEFT, at_s)

    def upstream_cut(self, at_s: float) -> None:
        """The server gave up."""
        self._fail(Failure.ABORTED, at_s)

    def upstream_down(self, why: str, at_s: float) -> None:  # noqa: ARG002 - as ExchangeWatch has it
        """There is no server; the proxy has said so to the client."""
        self.status = BAD_GATEWAY
        self._fail(Failure.UPSTREAM_DOWN, at_s)

    def opaque(self, why: str, at_s: float) -> None:  # noqa: ARG002 - as ExchangeWatch has it
        """What comes of it will not be seen."""
        self._fail(Failure.UNREADABLE, at_s)

    def _fail(self, failure: Failure, at_s: float) -> None:
        self.failure = failure
        self._end(Phase.FAILED, at_s)

    def _end(self, phase: Phase, at_s: float) -> None:
        self.phase = phase
        self.ended_s = at_s
        if self._finder is not None:  # the request has not ended
            self.asked = self.asked_so_far
            self._finder = None
        self._seen = b""
        self._transfer = self.transfer
        self._tail = None
        self._changed(self)

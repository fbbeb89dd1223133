"""A Watch that writes down what it is told, and whatever the contract forbids."""

from dataclasses import dataclass, field

from ollama_top.proxy.watching import ConnectionWatch, ExchangeWatch, ReplyHead, RequestHead

LASTS = ("reply_ended", "client_left", "upstream_cut", "upstream_down", "opaque")


@dataclass
class SeenExchange:
    head: RequestHead
    wrong: list[str]
    request: bytes = b""
    is_requested: bool = False
    answer: ReplyHead | None = None
    body: bytes = b""
    end: str | None = None
    why: str | None = None
    times_s: list[float] = field(default_factory=list)

    def request_body(self, data: bytes, at_s: float) -> None:
        self._running("request_body", at_s, fits=not self.is_requested and bool(data))
        self.request += data

    def request_ended(self, at_s: float) -> None:
        self._running("request_ended", at_s, fits=not self.is_requested)
        self.is_requested = True

    def reply(self, head: ReplyHead, at_s: float) -> None:
        self._running("reply", at_s, fits=self.answer is None and head.status >= 200)
        self.answer = head

    def reply_body(self, data: bytes, at_s: float) -> None:
        self._running("reply_body", at_s, fits=self.answer is not None and bool(data))
        self.body += data

    def reply_ended(self, at_s: float) -> None:
        self._last("reply_ended", at_s, fits=self.answer is not None)

    def client_left(self, at_s: float) -> None:
        self._last("client_left", at_s)

    def upstream_cut(self, at_s: float) -> None:
        self._last("upstream_cut", at_s)

    def upstream_down(self, why: str, at_s: float) -> None:
        self._last("upstream_down", at_s, why, fits=self.answer is None)

    def opaque(self, why: str, at_s: float) -> None:
        self._last("opaque", at_s, why)

    @property
    def status(self) -> int | None:
        return None if self.answer is None else self.answer.status

    def _running(self, what: str, at_s: float, *, fits: bool = True) -> None:
        if self.end is not None or not fits or (self.times_s and self.times_s[-1] > at_s):
            self.wrong.append(f"{what} after {self}")
        self.times_s.append(at_s)

    def _last(self, what: str, at_s: float, why: str | None = None, *, fits: bool = True) -> None:
        self._running(what, at_s, fits=fits)
        self.end, self.why = what, why


@dataclass
class SeenConnection:
    client: tuple[str, int]
    wrong: list[str]
    exchanges: list[SeenExchange] = field(default_factory=list)
    why_opaque: str | None = None
    is_closed: bool = False
    dialled_from: list[tuple[str, int]] = field(default_factory=list)
    hang_ups: int = 0

    def dialled(self, own: tuple[str, int], at_s: float) -> None:
        if self.is_closed or self.why_opaque is not None:
            self.wrong.append("dialled after the end")
        self.dialled_from.append(own)

    def hung_up(self, at_s: float) -> None:
        if self.is_closed or self.why_opaque is not None:
            self.wrong.append("hung up after the end")
        self.hang_ups += 1

    def exchange(self, head: RequestHead, at_s: float) -> ExchangeWatch:
        if self.is_closed or self.why_opaque is not None:
            self.wrong.append("an exchange after the end")
        self.exchanges.append(SeenExchange(head, self.wrong))
        return self.exchanges[-1]

    def opaque(self, why: str, at_s: float) -> None:
        if self.is_closed or self.why_opaque is not None:
            self.wrong.append("opaque after the end")
        self.why_opaque = why

    def closed(self, at_s: float) -> None:
        if self.is_closed or any(each.end is None for each in self.exchanges):
            self.wrong.append("closed too early or twice")
        self.is_closed = True


@dataclass
class Seen:
    """The Watch; `wrong` must stay empty."""

    connections: list[SeenConnection] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def opened(self, client: tuple[str, int], at_s: float) -> ConnectionWatch:
        self.connections.append(SeenConnection(client, self.wrong))
        return self.connections[-1]

    @property
    def exchanges(self) -> list[SeenExchange]:
        return [each for connection in self.connections for each in connection.exchanges]

    @property
    def last(self) -> SeenExchange:
        return self.exchanges[-1]

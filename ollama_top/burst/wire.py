"""One request over a connection of its own, each piece of its reply stamped when it comes in.

asyncio and h11 rather than httpx: with 64 streams httpx spends so long on each piece that those behind it
are stamped late (benchmarks/burst_clock.py measures both). Bytes are stamped first and parsed afterwards.
"""

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import h11

from ollama_top.burst.course import Course
from ollama_top.burst.dialects import Dialect
from ollama_top.model.burst import BurstOutcome

LINE_LIMIT_BYTES = 4 << 20  # an embedding comes in one line
OK, BUSY = 200, 503
WORDS_LIMIT = 300  # of an error


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens, and what it wants to see."""

    host: str
    port: int
    path: str = ""  # before the dialect's own
    trust: ssl.SSLContext | None = None  # of https
    key: str | None = field(default=None, repr=False)  # a secret

    def headers(self) -> list[tuple[str, str]]:
        """What every request carries."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        fields = [
            ("Host", f"{name}:{self.port}"),
            ("User-Agent", "ollama-top"),
            ("Content-Type", "application/json"),
            ("Accept-Encoding", "identity"),
            ("Connection", "close"),
        ]
        return [*fields, ("Authorization", f"Bearer {self.key}")] if self.key else fields


Tell = Callable[[Course], None]
"""Hears of every change of a course."""


class Exchange(asyncio.Protocol):
    """A request and its reply; `ended` is set when nothing more will come."""

    def __init__(self, number: int, address: Address, dialect: Dialect, tell: Tell) -> None:
        self.course = Course(number)
        self.ended = asyncio.Event()
        self._address = address
        self._dialect = dialect
        self._tell = tell
        self._http = h11.Connection(h11.CLIENT)
        self._transport: asyncio.Transport | None = None
        self._arrived: list[tuple[float, bytes]] = []
        self._rest = b""
        self._is_whole = False  # whether its last piece has come

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """There is a connection; nothing is sent yet."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def send(self) -> None:
        """Send the request."""
        if self._transport is None or self.course.outcome is not None:
            return
        body = self._dialect.body(self.course.number)
        fields = [*self._address.headers(), ("Content-Length", str(len(body)))]
        head = h11.Request(method="POST", target=self._address.path + self._dialect.path, headers=fields)
        data = (self._http.send(head) or b"") + (self._http.send(h11.Data(data=body)) or b"")
        data += self._http.send(h11.EndOfMessage()) or b""
        self._transport.write(data)
        self._change(sent_s=time.monotonic())

    def data_received(self, data: bytes) -> None:
        """Stamp what came, and leave its parsing until all that has come is stamped."""
        self._arrived.append((time.monotonic(), data))
        if len(self._arrived) == 1:
            asyncio.get_running_loop().call_soon(self._digest)

    def connection_lost(self, error: Exception | None) -> None:
        """Nothing more comes."""
        self._digest()
        if self._http.their_state is h11.SEND_BODY:
            self._take(time.monotonic(), b"")  # a reply without a length ends with its connection
        if self.course.outcome is None:
            words = str(error) if error else "the server closed the connection"
            self.end(BurstOutcome.CUT, words)
        self.ended.set()

    def end(self, outcome: BurstOutcome, problem: str | None = None) -> None:
        """Be done with it, and close its connection at once."""
        if self.course.outcome is None:
            self._change(outcome=outcome, problem=problem[:WORDS_LIMIT] if problem else None)
        if self.course.end_s is None:
            self._change(end_s=time.monotonic())
        self.ended.set()
        if self._transport is not None:
            self._transport.abort()

    def _digest(self) -> None:
        arrived, self._arrived = self._arrived, []
        for at_s, data in arrived:
            if self.course.outcome is None:
                self._take(at_s, data)

    def _take(self, at_s: float, data: bytes) -> None:
        try:
            self._http.receive_data(data)
            while self.course.outcome is None:
                event = self._http.next_event()
                if not isinstance(event, h11.Event) or isinstance(event, h11.ConnectionClosed):
                    return
                self._heed(at_s, event)
        except h11.RemoteProtocolError as error:
            self._change(end_s=at_s)
            self.end(BurstOutcome.CUT, str(error))

    def _heed(self, at_s: float, event: object) -> None:
        if isinstance(event, h11.Response):
            self._change(status=event.status_code)
        elif isinstance(event, h11.Data):
            self._rest += bytes(event.data)
            *lines, self._rest = self._rest.split(b"\n")
            for line in lines:
                self._read(at_s, line)
            if len(self._rest) > LINE_LIMIT_BYTES:
                self.end(BurstOutcome.REFUSED, "answered a line longer than any that is expected")
        elif isinstance(event, h11.EndOfMessage):
            self._read(at_s, self._rest)
            self._finish(at_s)

    def _read(self, at_s: float, line: bytes) -> None:
        """Note what one line says, and when it came."""
        if not line.strip() or self.course.outcome is not None:
            return
        piece = self._dialect.read(line)
        if piece.problem is not None:
            self._change(problem=piece.problem[:WORDS_LIMIT])
        if piece.has_text:
            first_s = at_s if self.course.first_s is None else self.course.first_s
            self._change(first_s=first_s, pieces=self.course.pieces + 1)
        if piece.statistics is not None:
            self._change(statistics=piece.statistics)
        self._is_whole = self._is_whole or piece.is_last

    def _finish(self, at_s: float) -> None:
        """The reply has ended by the rules of HTTP."""
        course = self.course
        self._change(end_s=at_s)
        if course.status == BUSY:
            self.end(BurstOutcome.BUSY, course.problem)
        elif course.status != OK or course.problem is not None:
            self.end(BurstOutcome.REFUSED, course.problem or f"answered HTTP {course.status}")
        elif not course.pieces and course.statistics is None:
            self.end(BurstOutcome.REFUSED, "answered nothing that is known")
        elif self._is_whole:
            self.end(BurstOutcome.ANSWERED)
        else:
            self.end(BurstOutcome.NO_STATISTICS)

    def _change(self, **changes: object) -> None:
        self.course = replace(self.course, **changes)  # type: ignore[arg-type]  # fields of Course
        self._tell(self.course)

"""A small world to count in: clients, a first-come-first-served server, and the kernel's counters.

Must never round anything but what the kernel rounds: times are ticks of its clock there, and
exact everywhere else.
"""

import heapq
import itertools
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from ollama_top.ollama.slots import SlotReply
from ollama_top.sources.inet_diag import ESTABLISHED, Endpoint, Socket

SERVER = Endpoint("127.0.0.1", 11434)
HEAD_BYTES, CHUNK_BYTES, FINAL_BYTES, REPLY_BYTES = 230, 100, 420, 900


@dataclass(frozen=True)
class Ask:
    """One request that a client will make."""

    is_streamed: bool = True
    tokens: int = 20
    prefill_s: float = 0.05
    think_s: float = 0.0  # from the end of the reply before to this request
    leaves_after_s: float | None = None  # the client gives up so long after asking
    question_bytes: int = 0  # not 0: no inference, but a question answered at once


@dataclass(frozen=True)
class Caller:
    """A client: its requests one after the other, on one connection or on one each."""

    asks: tuple[Ask, ...]
    starts_s: float = 0.0
    keeps_alive: bool = True


@dataclass
class Connection:
    """One connection as the kernel counts it, the times in ticks."""

    cookie: int
    sent_tick: int
    received_tick: int
    sent_bytes: int = 0
    received_bytes: int = 0
    sent_segments: int = 0
    is_asking: bool = False


@dataclass
class Request:
    """A request on its way."""

    connection: Connection
    ask: Ask
    then: Callable[[], None]  # what its client does when the reply is over
    task: int = 0
    decoded: int = 0
    is_over: bool = False
    reads_until_s: float = 0.0  # its prompt
    to_runner: Connection | None = None


@dataclass
class World:
    """Runs from moment to moment; everything in it follows from its arguments and the seed."""

    callers: Sequence[Caller]
    parallel: int
    gap_s: float
    tick_s: float = 0.004
    stalls: float = 0.0  # share of steps that take ten times as long
    seed: int = 0
    now_s: float = 0.0
    outstanding: int = 0
    changes_s: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)
        self._numbers = itertools.count(1)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._connections: dict[int, Connection] = {}
        self._waiting: deque[Request] = deque()
        self._slots: list[Request | None] = [None] * self.parallel
        self._taken = 0
        self._is_stepping = False
        for each in self.callers:
            self._after(each.starts_s, lambda each=each: self._call(each, each.asks, None))

    def run_until(self, at_s: float) -> None:
        while self._events and self._events[0][0] <= at_s:
            self.now_s, _, event = heapq.heappop(self._events)
            event()
        self.now_s = at_s

    def served(self) -> tuple[Socket, ...]:
        return tuple(map(self._socket, self._connections.values()))

    def to_runner(self) -> tuple[Socket, ...]:
        return tuple(self._socket(each.to_runner) for each in self._slots if each and each.to_runner)

    def slots(self) -> tuple[SlotReply, ...]:
        return tuple(
            SlotReply(
                number,
                each is not None,
                each.task if each else None,
                4096,
                0,
                0,
                0,
                each.decoded if each else 0,
            )
            for number, each in enumerate(self._slots)
        )

    @property
    def busy(self) -> int:
        return sum(each is not None for each in self._slots)

    def _after(self, seconds: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now_s + seconds, next(self._numbers), event))

    def _short(self) -> float:
        """What a step between processes takes."""
        return self._random.uniform(0.0001, 0.001)

    def _tick(self) -> int:
        return int(self.now_s / self.tick_s)

    def _call(self, caller: Caller, asks: Sequence[Ask], connection: Connection | None) -> None:
        if not asks:
            return
        if connection is None:
            connection = Connection(next(self._numbers), self._tick(), self._tick())
            self._connections[connection.cookie] = connection
        kept = connection
        self._after(asks[0].think_s + self._short(), lambda: self._ask(caller, asks, kept))

    def _ask(self, caller: Caller, asks: Sequence[Ask], connection: Connection) -> None:
        ask, rest = asks[0], asks[1:]

        def then() -> None:
            if caller.keeps_alive and not request.ask.leaves_after_s:
                self._call(caller, rest, connection)
            else:
                self._connections.pop(connection.cookie, None)
                self._call(caller, rest, None)

        request = Request(connection, ask, then)
        connection.received_bytes += ask.question_bytes or HEAD_BYTES + 80
        connection.received_tick = self._tick()
        if ask.question_bytes:
            self._changed()
            self._after(self._short(), lambda: self._answer(request, REPLY_BYTES))
            return
        self.outstanding += 1
        connection.is_asking = True
        self._changed()
        self._after(self._short(), lambda: self._queue(request))
        if ask.leaves_after_s is not None:
            self._after(ask.leaves_after_s, lambda: self._leave(request))

    def _answer(self, request: Request, size_bytes: int) -> None:
        self._changed()
        self._send(request.connection, size_bytes)
        self._after(self._short(), request.then)

    def _queue(self, request: Request) -> None:
        self._waiting.append(request)
        self._hand_out()

    def _hand_out(self) -> None:
        while self._waiting and self._taken < self.parallel:
            request = self._waiting.popleft()
            if not request.is_over:
                self._taken += 1
                self._after(self._short(), lambda request=request: self._begin(request))

    def _begin(self, request: Request) -> None:
        if request.is_over:
            self._taken -= 1
            self._hand_out()
            return
        request.task = next(self._numbers)
        request.reads_until_s = self.now_s + request.ask.prefill_s
        request.to_runner = Connection(next(self._numbers), self._tick(), self._tick(), 0, HEAD_BYTES)
        self._slots[self._slots.index(None)] = request
        self._changed()
        if not self._is_stepping:
            self._is_stepping = True
            self._step()

    def _step(self) -> None:
        """All slots that have read their prompt write one token, as a batch does; sometimes it stalls."""
        for each in [each for each in self._slots if each and self.now_s >= each.reads_until_s]:
            self._write(each)
        self._is_stepping = self.busy > 0
        if self._is_stepping:
            stall = 10 if self._random.random() < self.stalls else 1
            self._after(self.gap_s * self._random.uniform(0.7, 1.3) * stall, self._step)

    def _write(self, request: Request) -> None:
        """One token more; with the last the slot is free, and the reply ends a moment later."""
        request.decoded += 1
        is_last = request.decoded >= request.ask.tokens
        if request.to_runner:
            self._send(request.to_runner, CHUNK_BYTES)
        if request.is_over or is_last:
            self._free(request)
        if request.is_over:
            return
        if is_last:
            self._after(self._short(), lambda: self._end(request))
        elif request.ask.is_streamed:
            self._after(self._short() / 2, lambda: self._stream(request))

    def _free(self, request: Request) -> None:
        self._slots[self._slots.index(request)] = None
        self._taken -= 1
        self._changed()
        self._hand_out()

    def _stream(self, request: Request) -> None:
        if not request.is_over:
            self._send(request.connection, CHUNK_BYTES)

    def _end(self, request: Request) -> None:
        if request.is_over:
            return
        request.is_over = True
        self.outstanding -= 1
        request.connection.is_asking = False
        self._changed()
        self._answer(request, FINAL_BYTES)

    def _leave(self, request: Request) -> None:
        """The client closes; a slot that serves it is freed with the next token."""
        if request.is_over:
            return
        request.is_over = True
        self.outstanding -= 1
        request.connection.is_asking = False
        self._changed()
        request.then()

    def _send(self, connection: Connection, size_bytes: int) -> None:
        connection.sent_bytes += size_bytes
        connection.sent_segments += 1
        connection.sent_tick = self._tick()

    def _changed(self) -> None:
        self.changes_s.append(self.now_s)

    def _socket(self, of: Connection) -> Socket:
        tick_ms = self.tick_s * 1000
        sent_ms, received_ms = (
            round((self._tick() - tick) * tick_ms) for tick in (of.sent_tick, of.received_tick)
        )
        remote = Endpoint("127.0.0.1", 40000 + of.cookie)
        return Socket(
            of.cookie,
            ESTABLISHED,
            SERVER,
            remote,
            0,
            0,
            None,
            sent_ms,
            received_ms,
            of.sent_bytes,
            of.received_bytes,
            of.sent_segments,
        )

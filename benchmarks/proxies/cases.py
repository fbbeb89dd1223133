"""The cases: what each proxy is asked to do, and which figure comes of it."""

import asyncio
import gc
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import quantiles

from measuring import Outcome
from table import Column, Goal, Rounds, Table

from proxies.leaving import PHASES, seen_ms
from proxies.load import GET, POST, ask, listen
from proxies.peers import METERED, NGINX, UNMETERED
from proxies.process import Running

DIRECT = "direct"
CLIENTS, WARM, COUNT = 16, 50, 600
STREAMS, STREAM_CHUNKS, PACE_MS = 64, 200, 20
CROWD, CROWD_CHUNKS, CROWD_PACE_MS = 256, 100, 40
BEGINNING = 10  # chunks of a stream while the others still connect
UPLOAD_BYTES = 1 << 30
BLOCK = bytes(1 << 20)
SETTLE_S = 0.3


@dataclass(frozen=True, slots=True)
class Bench:
    """Who runs, by name; a reason in words for who does not."""

    proxies: Mapping[str, Running | str]
    server_port: int
    own_server: socket.socket  # of this process, and what the relays in `leaving` and `memory` go to
    own_proxies: Mapping[str, Running | str]  # the same proxies before that server
    count: int

    def rounds(
        self,
        measure: Callable[[Running], list[float | None]],
        proxies: Mapping[str, Running | str] | None = None,
    ) -> dict[str, list[Rounds] | str]:
        """Everyone once a round, in turn, after a round that warms."""
        asked = self.proxies if proxies is None else proxies
        found: dict[str, list[list[float | None]]] = {name: [] for name in asked}
        for nth in range(self.count + 1):
            for name, each in asked.items():
                if isinstance(each, Running):
                    gc.collect()
                    figures = measure(each)
                    if nth:
                        found[name].append(figures)
        return {
            name: each
            if isinstance(each, str)
            else [list(column) for column in zip(*found[name], strict=True)]
            for name, each in asked.items()
        }


def small(bench: Bench) -> Outcome:
    """Processor time of a small GET and of a POST, on kept connections."""
    columns = [Column("a small GET", "us", 1), Column("a POST", "us", 1)]
    rows = bench.rounds(lambda proxy: [_cpu_us(proxy, GET), _cpu_us(proxy, POST)])
    table = Table(f"Processor time a request, {CLIENTS} clients", NGINX, columns, rows)
    return Outcome(
        table,
        [
            _ratio("a small GET, unmetered, beside nginx's", table, UNMETERED, 0, 1.7),
            _ratio("a POST, metered, beside nginx's", table, METERED, 1, 2.5),
        ],
    )


def streams(bench: Bench) -> Outcome:
    """Processor time of a thousand chunks."""
    columns = [Column("1,000 chunks", "ms", 1)]
    rows = bench.rounds(lambda proxy: [_stream_cpu_ms(proxy)])
    table = Table(f"Processor time of {STREAMS} streams, a chunk each {PACE_MS} ms", NGINX, columns, rows)
    return Outcome(
        table,
        [
            _ratio("1,000 chunks, unmetered, beside nginx's", table, UNMETERED, 0, 2.0),
            _ratio("1,000 chunks, metered, beside nginx's", table, METERED, 0, 2.0),
        ],
    )


def crowd(bench: Bench) -> Outcome:
    """How much later a chunk comes than without a proxy."""
    names = ("p50", "p99", "added p99", "p99, the start included")
    columns = [Column(name, "us") for name in names]
    direct = Running(0, bench.server_port)
    last_direct = [0.0]

    def late(proxy: Running) -> list[float | None]:
        streams = asyncio.run(listen(proxy.port, CROWD, CROWD_CHUNKS, CROWD_PACE_MS))
        cuts = quantiles([late for stream in streams for late in stream[BEGINNING:]], n=100)
        whole = quantiles([late for stream in streams for late in stream], n=100)
        if proxy is direct:
            last_direct[0] = cuts[98]
        return [cuts[49], cuts[98], cuts[98] - last_direct[0], whole[98]]

    rows = bench.rounds(late, {DIRECT: direct, **bench.proxies})
    table = Table(
        f"How late a chunk comes, {CROWD} streams, one each {CROWD_PACE_MS} ms", NGINX, columns, rows
    )
    goals = [
        _ratio(f"added p99, {name}, beside nginx's", table, name, 2, 1.2) for name in (UNMETERED, METERED)
    ]
    return Outcome(table, goals)


def memory(bench: Bench) -> Outcome:
    """Resident memory, and how much more a gigabyte takes that goes up."""
    resident, grown = Column("resident", "MB", 1), Column("more for 1 GB up", "MB", 1)

    def sizes(proxy: Running) -> list[float | None]:
        before = proxy.resident_mb()
        _upload(proxy.port, bench.own_server)
        return [before, max(proxy.peak_mb(), proxy.resident_mb()) - before]

    rows = bench.rounds(sizes, bench.own_proxies)
    table = Table("Memory", NGINX, [resident, grown], rows)
    return Outcome(
        table,
        [
            goal
            for name in (UNMETERED, METERED)
            for goal in (
                Goal(f"{name}: resident", table.figure(name), 30.0, resident),
                Goal(f"{name}: more for 1 GB up", table.figure(name, 1), 2.0, grown),
            )
        ],
    )


def leaving(bench: Bench) -> Outcome:
    """How soon the server knows that a client has left."""
    columns = [Column(phase, "ms", 2) for phase in PHASES]

    def worst(proxy: Running) -> list[float | None]:
        return [_worst_ms(proxy.port, bench.own_server, phase) for phase in PHASES]

    rows = bench.rounds(worst, bench.own_proxies)
    table = Table("From the client's close or reset to the server, the worst of ten", NGINX, columns, rows)
    goals = [
        Goal(f"{name}, {phase}", table.figure(name, at), 5.0, columns[at])
        for name in (UNMETERED, METERED)
        for at, phase in enumerate(PHASES)
    ]
    return Outcome(table, goals)


CASES: Mapping[str, Callable[[Bench], Outcome]] = {
    each.__name__: each for each in (small, streams, crowd, memory, leaving)
}


def _cpu_us(proxy: Running, request: bytes) -> float:
    asyncio.run(ask(proxy.port, request, CLIENTS, WARM))
    before_us = proxy.cpu_us()
    asyncio.run(ask(proxy.port, request, CLIENTS, COUNT))
    return (proxy.cpu_us() - before_us) / (CLIENTS * COUNT)


def _stream_cpu_ms(proxy: Running) -> float:
    before_us = proxy.cpu_us()
    asyncio.run(listen(proxy.port, STREAMS, STREAM_CHUNKS, PACE_MS))
    return (proxy.cpu_us() - before_us) / (STREAMS * STREAM_CHUNKS)


def _worst_ms(port: int, server: socket.socket, phase: str) -> float | None:
    found = [seen_ms(port, server, phase, is_reset=nth % 2 == 1) for nth in range(10)]
    known = [each for each in found if each is not None]
    return max(known) if len(known) == len(found) else None


def _upload(port: int, server: socket.socket) -> None:
    client = socket.create_connection(("127.0.0.1", port))
    head = b"POST /api/blobs/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n" % UPLOAD_BYTES
    client.sendall(head)
    own, _ = server.accept()
    sending = threading.Thread(
        target=lambda: [client.sendall(BLOCK) for _ in range(UPLOAD_BYTES // len(BLOCK))]
    )
    sending.start()
    got = 0
    buffer = bytearray(1 << 20)
    while got < UPLOAD_BYTES:
        got += own.recv_into(buffer)
    sending.join()
    client.close()
    own.close()
    time.sleep(SETTLE_S)


def _ratio(words: str, table: Table, name: str, column: int, limit: float) -> Goal:
    figure, beside = table.figure(name, column), table.figure(NGINX, column)
    ratio = figure / beside if figure is not None and beside else None
    return Goal(words, ratio, limit, Column("", "x", 2))

"""A feed in the loop of a test, with a meter that is told what passes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from proxied import END, NDJSON, PIECE, answer, begin

from ollama_top.model.proxy import Held, Proxy
from ollama_top.proxy.callers import Callers
from ollama_top.proxy.feed import place
from ollama_top.proxy.feed.feed import Feed
from ollama_top.proxy.feed.orders import Asker, Hold, Order
from ollama_top.proxy.metering.meter import Meter

HELD = Held(holding=True, running=1, held=2, unheld=(), holder_pid=4712, left_s=3.0)


STARTED = datetime(2026, 11, 25, tzinfo=UTC)


def facts(meter: Meter) -> Proxy:
    return Proxy(
        listen="127.0.0.1:11435",
        upstream="http://127.0.0.1:11434",
        pid=4711,
        version="1",
        started_at=STARTED,
        stopping=False,
        holding=False,
        connections=len(meter.connections),
        opaque=0,
        opaque_total=0,
        exchanges_total=meter.exchanges_total,
        running=len(meter.running),
        waiting=meter.waiting,
    )


class Obeyed:
    """Writes down the orders."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.pids: list[int | None] = []
        self.gone: list[Asker] = []

    def obey(self, order: Order, asker: Asker) -> Held:
        self.orders.append(order)
        self.pids.append(asker.pid)
        return replace(HELD, holding=isinstance(order, Hold), holder_pid=asker.pid)

    def left(self, asker: Asker) -> None:
        self.gone.append(asker)


@asynccontextmanager
async def served(path: Path, meter: Meter, obeyed: Obeyed | None = None) -> AsyncIterator[Feed]:
    own = place.take(path)
    feed = Feed(meter, Callers([], None), lambda: facts(meter), obeyed or Obeyed())
    await feed.listen(own)
    try:
        yield feed
    finally:
        feed.close()
        own.leave()
        await asyncio.sleep(0)


def finish(meter: Meter, model: str = "m") -> None:
    watch = begin(meter, "/api/chat", f'{{"model":"{model}"}}'.encode())
    answer(watch, [(1.0, PIECE), (9.0, END)], 9.0, kind=NDJSON)

"""The feed of one proxy: everything on connecting, and then what changes.

Must never cost the relay anything while nobody reads, nor hold it up while somebody does: what changes is
noted, and told a little later, a few exchanges at a time.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from ollama_top.model.exchange import MANAGEMENT, Phase
from ollama_top.model.feed_event import (
    Answer,
    Changed,
    Facts,
    Hello,
    Moved,
    Ready,
    Refused,
    Step,
    line_of,
)
from ollama_top.model.proxy import Held, Proxy
from ollama_top.proxy.callers import Callers
from ollama_top.proxy.feed.orders import Asker, Hold, Order, OrderError, parse_order
from ollama_top.proxy.feed.place import Place
from ollama_top.proxy.feed.reader import Reader
from ollama_top.proxy.metering.caller import UNKNOWN
from ollama_top.proxy.metering.meter import Meter
from ollama_top.proxy.metering.metered import Metered
from ollama_top.proxy.metering.telling import exchange_of

MOST_READERS = 16
TELL_AFTER_S = 0.05
AT_ONCE = 16  # exchanges told without a pause for the relay
STEP_S = 1.0


class Obeys(Protocol):
    """Does what readers ask."""

    def obey(self, order: Order, asker: Asker) -> Held:
        """Carry out an order, and tell how the hold stands then; raises OrderError."""

    def left(self, asker: Asker) -> None:
        """A reader is gone."""


class Feed:
    """Tells readers of what a meter sees; runs in the relay's loop."""

    def __init__(self, meter: Meter, callers: Callers, facts: Callable[[], Proxy], obeys: Obeys) -> None:
        """Prepare without a socket."""
        self.readers: set[Reader] = set()
        self._meter = meter
        self._callers = callers
        self._facts = facts
        self._obeys = obeys
        self._changed: dict[int, Metered] = {}
        self._telling: asyncio.TimerHandle | None = None
        self._stepping: asyncio.TimerHandle | None = None
        self._told_bytes: dict[int, int] = {}
        self._told_facts: Proxy | None = None
        self._snapshots: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def listen(self, own: Place) -> None:
        """Take readers at a place."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(self._reader, sock=own.socket)

    def close(self) -> None:
        """Take no more readers, and let all go."""
        if self._server is not None:
            self._server.close()
        for each in tuple(self.readers):
            each.close()
        self._stop_timers()
        for task in tuple(self._snapshots):
            task.cancel()

    def note(self, seen: Metered) -> None:
        """An exchange has changed: tell of it soon."""
        self._changed[seen.number] = seen
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(TELL_AFTER_S, self._tell_changed)

    def _reader(self) -> Reader:
        return Reader(self._join, self._leave, self._ordered)

    def _join(self, reader: Reader) -> None:
        if len(self.readers) >= MOST_READERS:
            return reader.refuse(f"{MOST_READERS} monitors read this feed already")
        reader.tell(line_of(Hello(self._facts())))
        self.readers.add(reader)
        if len(self.readers) == 1:
            self._meter.listeners.append(self.note)
            self._step()
        task = asyncio.get_running_loop().create_task(self._tell_all(reader))
        self._snapshots.add(task)
        task.add_done_callback(self._snapshots.discard)
        return None

    def _leave(self, reader: Reader) -> None:
        if reader not in self.readers:
            return
        self.readers.discard(reader)
        self._obeys.left(reader)
        if not self.readers:
            self._meter.listeners.remove(self.note)
            self._changed.clear()
            self._told_bytes.clear()
            self._stop_timers()

    def _stop_timers(self) -> None:
        for timer in (self._telling, self._stepping):
            if timer is not None:
                timer.cancel()
        self._telling = self._stepping = None

    async def _tell_all(self, reader: Reader) -> None:
        """All that is known; each exchange as it stands at the moment that it is told."""
        ended, numbers = tuple(self._meter.finished), tuple(self._meter.running)
        await self._tell_some(reader, ended)
        for number in numbers:
            seen = self._meter.running.get(number)
            await self._tell_some(reader, () if seen is None else (seen,))
        reader.tell(line_of(Ready()))

    async def _tell_some(self, reader: Reader, exchanges: Iterable[Metered]) -> None:
        for number, seen in enumerate(exchanges):
            reader.tell(_line(seen))
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
                await reader.caught_up()
            if reader.is_gone or not reader.is_told:
                return

    def _tell_changed(self) -> None:
        """Tell of a few, and of the rest after the relay had its turn."""
        self._telling = None
        self._look_who_calls(self._changed.values())
        for number in tuple(self._changed)[:AT_ONCE]:
            self._tell(_line(self._changed.pop(number)))
        if self._changed:
            self._telling = asyncio.get_running_loop().call_later(0, self._tell_changed)

    def _step(self) -> None:
        """Once in a while: how far the streamed answers are, and the proxy's own facts."""
        self._look_who_calls(self._meter.running.values())
        steps = tuple(self._steps())
        if steps:
            self._tell(line_of(Moved(steps)))
        facts = self._facts()
        if facts != self._told_facts:
            self._told_facts = facts
            self._tell(line_of(Facts(facts)))
        self._stepping = asyncio.get_running_loop().call_later(STEP_S, self._step)

    def _look_who_calls(self, exchanges: Iterable[Metered]) -> None:
        """Find out whose they are, where that is not known, and tell it."""
        unknown = tuple(each for each in exchanges if each.client.caller is UNKNOWN)

        def tell() -> None:
            for each in unknown if self.readers else ():
                self.note(each)

        self._callers.look_at((each.client for each in unknown), tell)

    def _steps(self) -> Iterable[Step]:
        """The answers that have grown; a pull, whose line tells how far it is, is told as a whole."""
        streaming = [each for each in self._meter.running.values() if each.phase is Phase.STREAMING]
        before = self._told_bytes
        self._told_bytes = {each.number: each.reply_bytes for each in streaming}
        for each in streaming:
            if before.get(each.number) == each.reply_bytes:
                continue
            if each.rule.route in MANAGEMENT:
                self.note(each)
            else:
                yield Step(each.number, each.pieces, each.reply_bytes)

    def _tell(self, line: bytes) -> None:
        for reader in tuple(self.readers):
            if reader.is_told:
                reader.tell(line)

    def _ordered(self, reader: Reader, line: bytes) -> bytes:
        try:
            order = parse_order(line)
            held = self._obeys.obey(order, reader)
            reader.is_told = reader.is_told and not isinstance(order, Hold)
            return line_of(Answer(held))
        except OrderError as error:
            return line_of(Refused(str(error)))


def _line(seen: Metered) -> bytes:
    return line_of(Changed(exchange_of(seen)))

"""The far end: looks at the server of its machine, tells each Frame on a line, and does what it is told.

Must never outlive the line: when its input ends, so does it. A Frame is made only once the one before is
sent, so that a slow line gets fewer of them, and never old ones.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from ollama_top.engine.feed import ActionError, Feed
from ollama_top.model.frame_stream import FrameWriter
from ollama_top.model.text import printable
from ollama_top.remote.protocol import (
    END,
    INSTALLED,
    LOOK,
    Answer,
    Order,
    ProtocolError,
    answer_line,
    order_of,
)

LONGEST_LINE_BYTES = 1 << 20
Lines = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def serve(feed: Feed) -> None:
    """Serve whoever holds the other end of standard input and output, until that ends."""
    async with standard_streams() as (reader, writer):
        await serve_on(feed, reader, writer)


async def serve_on(feed: Feed, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Tell Frames and take orders, until the reader ends or the writer breaks."""
    telling = asyncio.create_task(_tell(feed, writer))
    heeding = asyncio.create_task(_Heeding(feed, writer).heed(reader))
    done, pending = await asyncio.wait({telling, heeding}, return_when=asyncio.FIRST_COMPLETED)
    for each in pending:
        each.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for each in done:
        if not each.cancelled() and not isinstance(each.exception(), OSError | None):
            each.result()


async def _tell(feed: Feed, writer: asyncio.StreamWriter) -> None:
    frames = FrameWriter()
    async with aclosing(feed.frames()) as coming:
        async for frame in coming:
            writer.write(frames.line(frame) + b"\n")
            await writer.drain()


class _Heeding:
    """Orders under way."""

    def __init__(self, feed: Feed, writer: asyncio.StreamWriter) -> None:
        self._feed = feed
        self._writer = writer
        self._doing: dict[int, asyncio.Task[None]] = {}

    async def heed(self, reader: asyncio.StreamReader) -> None:
        """Take orders until there are no more; what is under way then is broken off."""
        try:
            while line := await _next(reader):
                try:
                    self._take(order_of(line))
                except ProtocolError as error:
                    _complain(error)
        finally:
            for each in self._doing.values():
                each.cancel()

    def _take(self, order: Order) -> None:
        if order.what == LOOK:
            self._feed.look_now()
        elif order.what == END:
            if (task := self._doing.get(order.number)) is not None:
                task.cancel()
        elif order.number in self._doing:
            raise ProtocolError(f"order {order.number} is under way already")
        else:
            task = asyncio.create_task(self._do(order))
            self._doing[order.number] = task
            task.add_done_callback(lambda done: self._end(order.number, done))

    def _end(self, number: int, task: "asyncio.Task[None]") -> None:
        """Forget what is over; a defect of ours is told too, since somebody waits for an answer."""
        del self._doing[number]
        error = None if task.cancelled() else task.exception()
        if error is not None:
            problem = f"defect in ollama-top there: {type(error).__name__}: {error}"
            self._say(Answer(number, is_over=True, problem=problem))

    async def _do(self, order: Order) -> None:
        number = order.number
        try:
            if order.what == INSTALLED:
                found = await self._feed.installed()
                self._say(Answer(number, is_over=True, installed=found))
            elif order.action is not None:
                await self._feed.act(
                    order.action, lambda progress: self._say(Answer(number, is_over=False, progress=progress))
                )
                self._say(Answer(number, is_over=True))
        except ActionError as error:
            self._say(Answer(number, is_over=True, problem=str(error)))

    def _say(self, answer: Answer) -> None:
        self._writer.write(answer_line(answer))


async def _next(reader: asyncio.StreamReader) -> bytes:
    """The next line; none after the last, nor where one has no end."""
    try:
        return await reader.readline()
    except ValueError:
        _complain(ProtocolError(f"a line is longer than {LONGEST_LINE_BYTES} bytes"))
        return b""


def _complain(error: ProtocolError) -> None:
    print(f"ollama-top: {printable(str(error))}", file=sys.stderr)  # noqa: T201 - stderr is for talk


@asynccontextmanager
async def standard_streams() -> AsyncIterator[Lines]:
    """Standard input and output as streams of the event loop."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LONGEST_LINE_BYTES)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, sys.stdout.buffer)
    yield reader, asyncio.StreamWriter(transport, protocol, None, loop)

"""One connection to a far end: Frames that come over it, orders that go."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress

from ollama_top.engine.feed import ActionError, FeedError
from ollama_top.model.action import Action, Progress
from ollama_top.model.frame import Frame
from ollama_top.model.frame_stream import FrameReader, FrameStreamError
from ollama_top.model.installed import InstalledModel
from ollama_top.remote.protocol import (
    END,
    INSTALLED,
    LOOK,
    Answer,
    Order,
    ProtocolError,
    answer_of,
    order_for,
    order_line,
)

LONGEST_LINE_BYTES = 64 << 20  # of a whole Frame, the history with it
COMPLAINT_LINES = 5
END_LIMIT_S = 2.0


class LineError(FeedError):
    """The line is gone, or says what cannot be understood; the text says why, in ssh's words if it had."""


class Line:
    """A process whose other end is an ollama-top that serves."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Take over a process with pipes; `open_line` makes one."""
        self._process = process
        self._numbers = itertools.count(1)
        self._awaited: dict[int, asyncio.Queue[Answer]] = {}
        self._complaint: list[str] = []
        self._hearing = asyncio.create_task(self._hear_complaints())

    async def frames(self) -> AsyncIterator[Frame]:
        """The Frames that come; raises LineError when no more do."""
        reader = FrameReader()
        stdout = self._process.stdout
        while stdout is not None:
            try:
                line = await stdout.readline()
                if not line:
                    raise LineError(await self._why_over())
                if (answer := answer_of(line)) is not None:
                    self._answer(answer)
                else:
                    yield reader.read(line)
            except (FrameStreamError, ProtocolError, ValueError) as error:
                raise LineError(f"what comes over the line cannot be understood: {error}") from None

    async def act(self, action: Action, tell: Callable[[Progress], None]) -> None:
        """Have something done there; raises ActionError."""
        await self._order(lambda number: order_for(number, action), tell)

    async def installed(self) -> tuple[InstalledModel, ...]:
        """The models on that machine's disk; raises ActionError."""
        answer = await self._order(lambda number: Order(number, INSTALLED), lambda _: None)
        return answer.installed

    def look_now(self) -> None:
        """Have it look at once."""
        self._send(Order(0, LOOK))

    async def close(self) -> None:
        """End the connection, and what was under way over it."""
        for each in self._awaited.values():
            each.put_nowait(Answer(0, is_over=True, problem="the line was closed"))
        if self._process.stdin is not None:
            self._process.stdin.close()
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), END_LIMIT_S)
        except TimeoutError:
            self._process.kill()
        self._hearing.cancel()

    async def _order(self, make: Callable[[int], Order], tell: Callable[[Progress], None]) -> Answer:
        number = next(self._numbers)
        answers = self._awaited[number] = asyncio.Queue()
        try:
            self._send(make(number))
            while True:
                answer = await answers.get()
                if answer.problem is not None:
                    raise ActionError(answer.problem)
                if answer.is_over:
                    return answer
                if answer.progress is not None:
                    tell(answer.progress)
        except asyncio.CancelledError:
            self._send(Order(number, END))
            raise
        finally:
            del self._awaited[number]

    def _answer(self, answer: Answer) -> None:
        if (awaited := self._awaited.get(answer.number)) is not None:
            awaited.put_nowait(answer)

    def _send(self, order: Order) -> None:
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(order_line(order))

    async def _hear_complaints(self) -> None:
        while self._process.stderr is not None and (line := await self._process.stderr.readline()):
            self._complaint = [*self._complaint, line.decode(errors="replace").strip()][-COMPLAINT_LINES:]

    async def _why_over(self) -> str:
        code = await self._process.wait()
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._hearing), END_LIMIT_S)
        said = next((each for each in reversed(self._complaint) if each), "")
        return said or f"it ended with status {code}"


async def open_line(words: Sequence[str]) -> Line:
    """Start a command whose other end serves; raises LineError."""
    try:
        process = await asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE_BYTES,
            start_new_session=True,  # so that nothing of it asks on the terminal that shows the screen
        )
    except OSError as error:
        raise LineError(f"{words[0]} cannot be run: {error.strerror}") from None
    return Line(process)

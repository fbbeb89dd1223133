"""Several settings one after the other on a real server, and at the end those of before.

Must never leave a moment in which a crash would leave the server with settings that nobody takes back: a
change is in the journal, as one that was cut off, until the one that follows it is there or all is put back.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from ollama_top.apply.course import Course, Parts, Wishes
from ollama_top.apply.hands import StepError
from ollama_top.model.finding import Change
from ollama_top.model.plan import RESTARTS, Plan
from ollama_top.model.receipt import Outcome, Receipt, Way

OVER = "the series is over"


@dataclass(slots=True)
class Series:
    """One server, whose settings are changed again and again; a context manager that puts them back."""

    what: str  # what it is for, for whoever finds the journal locked
    plan_for: Callable[[Sequence[Change]], Awaitable[Plan]]  # from the files as they are when it is called
    parts: Parts
    _course: Course | None = field(default=None, init=False)
    _stack: ExitStack = field(default_factory=ExitStack, init=False)

    async def __aenter__(self) -> Self:
        """Alone among ollama-tops of this user; raises JournalError."""
        self._stack.enter_context(self.parts.journal.alone(self.what))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put back what was changed last, whatever has happened."""
        try:
            await self.put_back()
        finally:
            self._stack.close()

    async def apply(self, changes: Sequence[Change]) -> None:
        """The server with these values and none of the changes of before.

        Raises StepError and ChangedSinceError where that cannot be done, and NotWellError where it does not
        hold; then another can be tried, and all can be put back.
        """
        before = self._course
        if before is not None:
            await before.files_back()
        plan = await self.plan_for(changes)
        if plan.refusal is not None:
            raise StepError(plan.refusal)
        course = self._begun(plan, before)
        self._course = course
        if before is not None:
            before.writer.end(Outcome.UNDONE, "Others have followed it.")
        await course.arrive()

    async def put_back(self) -> Receipt | None:
        """The settings of before; None where nothing was changed."""
        course, self._course = self._course, None
        return await course.back(OVER) if course is not None else None

    def _begun(self, plan: Plan, before: Course | None) -> Course:
        """A change in the journal as one that may have restarted the server: the one before has."""
        writer = self.parts.journal.start(plan)
        restart = next(number for number, each in enumerate(plan.steps) if each.kind in RESTARTS)
        writer.begin(Way.THERE, restart)
        course = Course(plan, Wishes(), self.parts, writer, restarted=True)
        if before is not None:
            course.pid, course.copy = before.pid, before.copy
        return course

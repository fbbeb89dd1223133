"""One change from the first step to its receipt: there, watched, and back again where it does not hold.

Must never end without the journal saying how; and never leave the server down where it was up before.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from ollama_top.apply import respawning, watching
from ollama_top.apply.bare import Copy, changed, from_memory
from ollama_top.apply.gate import CalledOffError, Gate, no_gate
from ollama_top.apply.hands import Hands, StepError, may_be_done
from ollama_top.apply.journal import Journal, JournalError, Writer
from ollama_top.apply.proof import CannotProveError, has_values, serves_at_once
from ollama_top.apply.residents import NotLoadedError, bring_back, residents_of
from ollama_top.apply.respawning import AskToKill, NotEndedError
from ollama_top.apply.unbroken import outlast
from ollama_top.apply.watching import NotWellError
from ollama_top.apply.wording import kept_words, words_of
from ollama_top.control import by_hand
from ollama_top.control.disturbance import in_flight
from ollama_top.control.edits import ChangedSinceError
from ollama_top.control.plan_words import differences
from ollama_top.engine.daemon import in_daemon_thread
from ollama_top.model.finding import Change
from ollama_top.model.frame import Frame
from ollama_top.model.plan import RESTARTS, WITHOUT_RESTART, Plan, Step, StepKind
from ollama_top.model.receipt import Outcome, Receipt, Way
from ollama_top.model.server import Keeper

CANCELLED = "it was cancelled"
NO_RIGHTS = "sudo does not run it without a password any more"
KNOWN = (StepError, ChangedSinceError, NotWellError, NotLoadedError, CalledOffError, JournalError)


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a change is to be made."""

    drain_s: float | None = None  # how long requests in flight are waited for; None for not at all
    brings_back: bool = False  # whether models that were in memory are loaded again


@dataclass(frozen=True, slots=True)
class Parts:
    """What a change is made with."""

    hands: Hands
    journal: Journal
    frame: Callable[[], Awaitable[Frame]]  # the next look at the server
    say: Callable[[str], None]  # what is being done, for whoever waits
    may_kill: AskToKill
    gate: Callable[[], AbstractAsyncContextManager[Gate]] = no_gate  # while it is closed no new request comes


@dataclass(slots=True)
class Course:
    """A change on its way."""

    plan: Plan
    wishes: Wishes
    parts: Parts
    writer: Writer
    restarted: bool = False  # whether the server may have been ended by us
    written: set[str] = field(default_factory=set)  # the files that may be changed by us
    since: datetime | None = None  # of a change that was cut off: when it may have ended a bare server
    pid: int | None = None  # of a bare server that was started by us
    copy: Copy | None = None  # what a bare server was started with
    seen: list[str] = field(default_factory=list)
    leaving: asyncio.Event = field(default_factory=asyncio.Event)  # the user wants it taken back

    async def there(self) -> Receipt:
        """To what is wanted; back where that does not hold."""
        ended: Receipt | None = None
        try:
            async with self.parts.gate() as gate:
                ended = await self._tried()
                is_moved = ended.outcome is Outcome.KEPT and self.plan.url_then != self.plan.url
                gate.upstream = self.plan.url_then if is_moved else None
        except CalledOffError as error:
            if ended is None:
                return self._end(Outcome.CALLED_OFF, f"Nothing was done: {error}.")
            return replace(ended, seen=(*ended.seen, f"Requests may have gone on too early: {error}."))
        except asyncio.CancelledError:
            return ended or self._end(Outcome.CALLED_OFF, f"Nothing was done: {CANCELLED}.")
        return ended

    async def _tried(self) -> Receipt:
        why = await _why_not(self._there())
        if why is None:
            return self._end(Outcome.KEPT, kept_words(self.plan))
        return await self.back(why)

    async def _there(self) -> None:
        frame = await self.parts.frame() if self.wishes.brings_back else None
        if self.wishes.drain_s is not None:
            await self._drain(self.wishes.drain_s)
        if not await in_daemon_thread(lambda: self.parts.hands.may(self.plan.steps)):
            raise CalledOffError(NO_RIGHTS)
        await self.arrive()
        if self.restarted and frame is not None:
            await self._bring_back(frame)

    async def arrive(self) -> None:
        """The steps, and the proof that they hold.

        Raises StepError and ChangedSinceError where one is not done, and NotWellError where they do not hold.
        """
        for number, step in enumerate(self.plan.steps):
            self.writer.begin(Way.THERE, number)
            await self._step(step, Way.THERE)
        if self.restarted:
            pid = await self._watch(self.plan.url_then)
            self.seen.append(f"The server answers at {self.plan.url_then}, as process {pid}.")
            await self._prove(pid, self.plan.changes)

    async def files_back(self) -> None:
        """The files as they were, with the server left running; raises StepError and ChangedSinceError."""
        await self._steps_back([each for each in self.plan.undo if each.kind in WITHOUT_RESTART])

    async def back(self, why: str) -> Receipt:
        """To what was before; `why` it is not as wanted. Nobody who leaves cuts this short."""
        task = asyncio.ensure_future(self._taken_back(why))
        await outlast(task)
        return task.result()

    async def _taken_back(self, why: str) -> Receipt:
        self.parts.say(f"taking it back: {why}")
        failure = await _why_not(self._back())
        if failure is not None:
            text = f"It was not done, since {why}. It could not be taken back either: {failure}."
            return self._end(Outcome.FAILED, text)
        if not self.restarted:
            return self._end(Outcome.CALLED_OFF, f"Nothing was restarted, since {why}.")
        return self._end(Outcome.ROLLED_BACK, f"It was taken back, since {why}.")

    async def _back(self) -> None:
        await self._steps_back(self.plan.undo)
        if self.restarted and self.plan.run is not None:
            pid = await self._watch(self.plan.url)
            self.seen.append(f"The server answers at {self.plan.url} again, as process {pid}.")
        elif self.restarted:
            self.seen.append(f"{self.plan.service} did not run before; it was started, and not watched.")

    async def _steps_back(self, steps: Sequence[Step]) -> None:
        for number, step in enumerate(steps):  # those that restart nothing are the first
            if self._is_due(step):
                self._write_down(partial(self.writer.begin, Way.BACK, number))
                await self._step(step, Way.BACK)

    def _is_due(self, step: Step) -> bool:
        """Whether a step back has anything to take back."""
        if step.edit is not None:
            return step.edit.path in self.written
        return self.restarted or (bool(self.written) and step.kind not in RESTARTS)

    async def _drain(self, limit_s: float) -> None:
        """Wait until nothing is in flight; raises CalledOffError."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        while True:
            number = in_flight(await self.parts.frame())
            waited_s = loop.time() - began_s
            if number == 0:
                return
            if waited_s > limit_s:
                count = number if number is not None else "how many is not known"
                raise CalledOffError(f"after {limit_s:.0f} s requests are still in flight: {count}")
            left = "requests" if number is None else f"{number} in flight"
            self.parts.say(f"waiting for {left} to end ({waited_s:.0f} of {limit_s:.0f} s)")

    async def _step(self, step: Step, way: Way) -> None:
        """Carry out a step, which is brought to its end before anybody who leaves is heard."""
        self.parts.say(words_of(step, self.plan))
        self.restarted = self.restarted or step.kind is StepKind.RESTART
        task = asyncio.ensure_future(self._respawn(way) if step.kind is StepKind.RESPAWN else self._do(step))
        if await outlast(task, self._leave):
            await asyncio.gather(task, return_exceptions=True)
            raise asyncio.CancelledError
        task.result()

    def _leave(self) -> None:
        self.leaving.set()
        self.parts.say("what is under way comes to its end, then it is taken back")

    async def _do(self, step: Step) -> None:
        hands, edit = self.parts.hands, step.edit
        if edit is None:
            limit_s = await self._limit_s(step)
            return await in_daemon_thread(lambda: hands.do(step, limit_s))
        self.written.add(edit.path)
        try:
            await in_daemon_thread(lambda: hands.do(step))
        except (StepError, ChangedSinceError):
            if not await in_daemon_thread(lambda: may_be_done(edit)):
                self.written.discard(edit.path)
            raise

    async def _limit_s(self, step: Step) -> float:
        user = self.plan.keeper is Keeper.SYSTEMD_USER
        return await watching.restart_limit_s(self.plan.service, user=user) if step.kind in RESTARTS else 0.0

    async def _respawn(self, way: Way) -> None:
        changes = self.plan.changes if way is Way.THERE else self.plan.was
        old = await in_daemon_thread(lambda: respawning.to_end(self.plan, self.pid, self.since))
        if old is not None and self.copy is None:
            self.copy = await in_daemon_thread(lambda: respawning.copy(old))
        copy = self.copy or (from_memory(self.plan.bare) if self.plan.bare else None)
        if copy is None:
            raise StepError("how the server was started is not known")
        new = replace(copy, environment=changed(copy.environment, changes))
        was_restarted, self.restarted = self.restarted, True
        try:
            self.pid = await respawning.respawn(old, new, self._may_kill)
        except NotEndedError:
            self.restarted = was_restarted
            raise

    async def _may_kill(self, pid: int) -> bool:
        """Ask whether a process may be killed; no, once the user has left."""
        asked, left = (
            asyncio.ensure_future(each) for each in (self.parts.may_kill(pid), self.leaving.wait())
        )
        try:
            await asyncio.wait({asked, left}, return_when=asyncio.FIRST_COMPLETED)
            return not left.done() and bool(asked.result())
        finally:
            asked.cancel()
            left.cancel()

    async def _watch(self, url: str) -> int:
        """The process that holds; raises NotWellError."""
        self.parts.say("watching whether it holds")
        if self.pid is not None:
            await respawning.watch(self.pid, url, self.plan.bare.log if self.plan.bare else "")
            return self.pid
        return await watching.watch(self.plan.service, url, user=self.plan.keeper is Keeper.SYSTEMD_USER)

    async def _prove(self, pid: int, changes: Sequence[Change]) -> None:
        """That the new process has the values; raises NotWellError."""
        try:
            self.seen.append(await in_daemon_thread(lambda: has_values(pid, self.plan, changes)))
        except CannotProveError as error:
            self.seen.append(str(error))

    async def _bring_back(self, frame: Frame) -> None:
        models = residents_of(frame)
        for each in models:
            self.parts.say(f"loading {each.name} again")
            await bring_back([each], self.plan.url_then, self.plan.changes)
            self.seen.append(f"{each.name} is in memory again.")
        if models:
            self.seen += await serves_at_once(self.parts.frame, [each.name for each in models], self.plan)

    def _end(self, outcome: Outcome, text: str) -> Receipt:
        self._write_down(partial(self.writer.end, outcome, text))
        to_do = by_hand.back(self.plan) if outcome is Outcome.FAILED else ()
        return Receipt(outcome, text, tuple(self.seen), to_do, self.plan)

    def _write_down(self, write: Callable[[], None]) -> None:
        """Into the journal, if that is possible: a server that stays down is worse than a gap in it."""
        try:
            write()
        except JournalError as error:
            if str(error) not in self.seen:
                self.seen.append(str(error))


async def carry_out(plan: Plan, wishes: Wishes, parts: Parts) -> Receipt:
    """Carry out a new change, alone among ollama-tops of this user; raises JournalError."""
    with parts.journal.alone(", ".join(differences(plan))):
        return await Course(plan, wishes, parts, parts.journal.start(plan)).there()


async def _why_not(doing: Awaitable[None]) -> str | None:
    """Why something did not come to its end; None where it did. With whatever it ends, a way back follows."""
    try:
        await doing
    except asyncio.CancelledError:
        return CANCELLED
    except KNOWN as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - the server must not be left alone with a defect of ours
        return f"of a defect in ollama-top ({type(error).__name__}: {error})"
    return None

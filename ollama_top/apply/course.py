"""One change from the first step to its receipt: there, watched, and back again where it does not hold.

Must never end without the journal saying how; and never leave the server down where it was up before.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace

from ollama_top.apply import respawning, watching
from ollama_top.apply.bare import CannotRespawnError, Copy, changed, copy_of, from_memory
from ollama_top.apply.gate import CalledOffError, Gate, no_gate
from ollama_top.apply.hands import Hands, StepError
from ollama_top.apply.journal import Journal, Writer
from ollama_top.apply.proof import CannotProveError, has_values, serves_at_once
from ollama_top.apply.residents import NotLoadedError, bring_back, residents_of
from ollama_top.apply.respawning import AskToKill, Old
from ollama_top.apply.watching import Held, NotWellError
from ollama_top.control.disturbance import in_flight
from ollama_top.control.edits import ChangedSinceError
from ollama_top.control.plan_words import differences
from ollama_top.engine.daemon import in_daemon_thread
from ollama_top.model.finding import Change
from ollama_top.model.frame import Frame
from ollama_top.model.plan import RESTARTS, WITHOUT_RESTART, Plan, Step, StepKind
from ollama_top.model.receipt import Outcome, Receipt, Way
from ollama_top.model.server import Keeper

WORDS = {
    StepKind.RELOAD: "having systemd read its files anew",
    StepKind.RESET: "having systemd forget earlier starts",
}


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
    pid: int | None = None  # of a bare server that was started by us
    copy: Copy | None = None  # what a bare server was started with
    seen: list[str] = field(default_factory=list)

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
            return ended or self._end(Outcome.CALLED_OFF, "Nothing was done: it was cancelled.")
        return ended

    async def _tried(self) -> Receipt:
        try:
            await self._there()
        except (StepError, ChangedSinceError, NotWellError, NotLoadedError, CalledOffError) as error:
            return await self.back(str(error))
        except asyncio.CancelledError:
            return await self.back("it was cancelled")
        return self._end(Outcome.KEPT, _kept_words(self.plan))

    async def _there(self) -> None:
        frame = await self.parts.frame() if self.wishes.brings_back else None
        if self.wishes.drain_s is not None:
            await self._drain(self.wishes.drain_s)
        await self.arrive()
        if self.restarted and frame is not None:
            await self._bring_back(frame)

    async def arrive(self) -> None:
        """The steps, and the proof that they hold.

        Raises StepError and ChangedSinceError where one is not done, and NotWellError where they do not hold.
        """
        await self._steps(self.plan.steps, Way.THERE)
        if self.restarted:
            held = await self._watch(self.plan.url_then)
            self.seen.append(f"The server answers at {self.plan.url_then}, as process {held.pid}.")
            await self._prove(held.pid, self.plan.changes)

    async def files_back(self) -> None:
        """The files as they were, with the server left running; raises StepError and ChangedSinceError."""
        await self._steps([each for each in self.plan.undo if each.kind in WITHOUT_RESTART], Way.BACK)

    async def back(self, why: str) -> Receipt:
        """To what was before; `why` it is not as wanted."""
        self.parts.say(f"taking it back: {why}")
        try:
            await self._back()
        except (StepError, ChangedSinceError, NotWellError) as error:
            text = f"It was not done, since {why}. It could not be taken back either: {error}."
            return self._end(Outcome.FAILED, text)
        if not self.restarted:
            return self._end(Outcome.CALLED_OFF, f"Nothing was restarted, since {why}.")
        return self._end(Outcome.ROLLED_BACK, f"It was taken back, since {why}.")

    async def _back(self) -> None:
        await self._steps(self.plan.undo, Way.BACK)
        if self.restarted and self.plan.run is not None:
            held = await self._watch(self.plan.url)
            self.seen.append(f"The server answers at {self.plan.url} again, as process {held.pid}.")

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
                raise CalledOffError(
                    f"after {limit_s:.0f} s {number if number is not None else 'an unknown number of'}"
                    " requests are still in flight"
                )
            left = "requests" if number is None else f"{number} in flight"
            self.parts.say(f"waiting for {left} to end ({waited_s:.0f} of {limit_s:.0f} s)")

    async def _steps(self, steps: Sequence[Step], way: Way) -> None:
        for number, step in enumerate(steps):
            is_restart = step.kind in RESTARTS
            if way is Way.BACK and is_restart and not self.restarted:
                continue
            self.writer.begin(way, number)
            self.parts.say(_words(step, self.plan))
            self.restarted = self.restarted or is_restart
            await self._step(step, way)

    async def _step(self, step: Step, way: Way) -> None:
        if step.kind is StepKind.RESPAWN:
            await self._respawn(self.plan.changes if way is Way.THERE else self.plan.was)
        else:
            await in_daemon_thread(lambda: self.parts.hands.do(step))

    async def _respawn(self, changes: Sequence[Change]) -> None:
        old = await in_daemon_thread(self._old)
        if old is not None:
            self.copy = await in_daemon_thread(lambda: _copy(old.pid))
        copy = self.copy or (from_memory(self.plan.bare) if self.plan.bare else None)
        if copy is None:
            raise StepError("how the server was started is not known")
        new = replace(copy, environment=changed(copy.environment, changes))
        self.pid = await respawning.respawn(old, new, self.parts.may_kill)

    def _old(self) -> Old | None:
        """The bare server that is to end: that of ours, that of the plan, or whoever has followed it."""
        if self.pid is not None:
            return respawning.alive(self.pid)
        return respawning.old_of(self.plan.run) or respawning.serving((self.plan.url_then, self.plan.url))

    async def _watch(self, url: str) -> Held:
        self.parts.say("watching whether it holds")
        if self.pid is not None:
            return await respawning.watch(self.pid, url, self.plan.bare.log if self.plan.bare else "")
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
        self.writer.end(outcome, text)
        to_do = self.plan.instructions if outcome is Outcome.FAILED else ()
        return Receipt(outcome, text, tuple(self.seen), to_do, self.plan)


async def carry_out(plan: Plan, wishes: Wishes, parts: Parts) -> Receipt:
    """Carry out a new change, alone among ollama-tops of this user; raises JournalError."""
    with parts.journal.alone(", ".join(differences(plan))):
        return await Course(plan, wishes, parts, parts.journal.start(plan)).there()


def _copy(pid: int) -> Copy:
    try:
        return copy_of(pid)
    except CannotRespawnError as error:
        raise StepError(str(error)) from None


def _words(step: Step, plan: Plan) -> str:
    if step.edit is not None:
        return f"writing {step.edit.path}"
    return WORDS.get(step.kind, f"restarting {plan.service}")


def _kept_words(plan: Plan) -> str:
    changes = ", ".join(
        f"{each.name}={each.value}" if each.value is not None else f"{each.name} unset"
        for each in plan.changes
    )
    return (
        f"{changes}: done." if plan.restarts else f"{changes}: written, for the next start of {plan.service}."
    )

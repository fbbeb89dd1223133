"""One burst from the first look to the last: what is there, one request alone, all at once, and as it was.

Must never ask a user anything: what has to be agreed to stands in the Spec.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeVar

from ollama_top.burst import driver
from ollama_top.burst import spec as specs
from ollama_top.burst.analysis import Measured, analyse
from ollama_top.burst.choosing import described
from ollama_top.burst.course import ALONE, Course
from ollama_top.burst.expiry import is_forever, put_back
from ollama_top.burst.keeping import kept_of
from ollama_top.burst.service import WHOLE
from ollama_top.burst.spec import CannotMeasureError, Spec, Wishes
from ollama_top.burst.wire import Address, Tell
from ollama_top.control.sight import model_named, pid_of
from ollama_top.engine.answering import AskError, AskingFeed
from ollama_top.engine.feed import ActionError
from ollama_top.model.burst import Burst, KeptBurst
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known
from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.ollama.replies import DescribedModel
from ollama_top.sources.commands import Commands
from ollama_top.sources.http import HttpError

PUT_BACK_S = 10.0
SETTLING_LOOKS = 4
ANEW = (
    "{model} was loaded anew for this (its runner was {old}, and is {new}): it had been loaded with options"
    " that cannot be read back."
)
OTHERS = "Its expiry was not put back to where it was: the server serves others, who move it as well."
Sent = TypeVar("Sent")


@dataclass(frozen=True, slots=True)
class Site:
    """The server, and whoever looks at it."""

    feed: AskingFeed
    address: Address
    commands: Commands | None  # None where the server that is looked at is not the one that is asked
    is_local: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a burst, and what is kept of it."""

    burst: Burst
    kept: KeptBurst


@dataclass(slots=True)
class Session:
    """A burst under way; for one event loop."""

    site: Site
    frames: AsyncGenerator[Frame, None] | None = None
    before: Frame = field(init=False)
    coming: "asyncio.Task[Frame] | None" = None  # the look under way
    parting: tuple[str, ...] = ()  # what there is to say when it was cancelled

    async def look(self, wishes: Wishes, salt: int) -> Spec:
        """See what there is, and what would be sent; raises CannotMeasureError."""
        self.frames = self.site.feed.frames()
        await self._frame()
        self.before = await self._frame()
        server = self.before.snapshot.server
        if not server.reachable:
            raise CannotMeasureError(f"cannot read {server.url}: {server.problem or 'no answer'}")
        try:
            described = await self._model(wishes)
        except (ActionError, AskError) as error:
            raise CannotMeasureError(str(error)) from None
        spec = specs.spec(wishes, described, self.before, is_local=self.site.is_local, salt=salt)
        return spec if self.site.commands is not None else replace(spec, loads=True)

    async def look_again(self) -> None:
        """See what there is now: a user may have taken long to agree."""
        self.before = await self._frame()

    async def carry_out(self, spec: Spec, tell: Tell = driver.tell_nobody) -> Result:
        """Send it, put back what it moved, and look again. Cancelling it closes every request."""
        taken_at = datetime.now(UTC)
        (alone, courses), after, notes = await self.undone(spec, self._send(spec, tell))
        seen = Measured(taken_at, alone, courses, (*notes, *self._changed(spec, after)))
        burst = analyse(spec, seen, self.before, after)
        return Result(burst, kept_of(burst, seen, after))

    async def undone(self, spec: Spec, sending: Awaitable[Sent]) -> tuple[Sent, Frame, tuple[str, ...]]:
        """What was sent, what there is then, and what there is to say of the expiry, which is put back.

        It is put back when this is cancelled too; what there is to say of it then is in `parting`.
        """
        try:
            sent = await sending
            after = await self._settled()
            return sent, after, await self._put_back(spec, after)
        except asyncio.CancelledError:
            self.parting = await self._put_back(spec, await self._settled())
            raise

    async def _settled(self) -> Frame:
        """What there is once our own requests are over for the server too."""
        self.site.feed.look_now()
        after = await self._frame()
        for _ in range(SETTLING_LOOKS):
            if specs.serves_others(after):
                after = await self._frame()
        return after

    async def _frame(self) -> Frame:
        """The next look; one that nobody waits for any more is not broken off, since that ends them all."""
        if self.coming is None:
            self.coming = asyncio.create_task(self._look())
        frame = await asyncio.shield(self.coming)
        self.coming = None
        return frame

    async def _look(self) -> Frame:
        if self.frames is None:
            raise RuntimeError("look comes first")
        return await anext(self.frames)

    async def close(self) -> None:
        """Look no more."""
        if self.coming is not None:
            self.coming.cancel()
            await asyncio.wait([self.coming])
        if self.frames is not None:
            await self.frames.aclose()

    async def _send(self, spec: Spec, tell: Tell) -> tuple[Course, tuple[Course, ...]]:
        """One alone, which loads the model where it must be; then all, unless there was no answer."""
        address, dialect = self.site.address, spec.dialect
        (alone,) = await driver.burst(address, dialect, [ALONE], spec.limit_s, tell)
        if alone.outcome not in WHOLE:
            return alone, (alone,)
        numbers = range(1, spec.requests + 1)
        return alone, await driver.burst(address, dialect, numbers, spec.limit_s, tell)

    async def _model(self, wishes: Wishes) -> DescribedModel:
        """The model to ask: the one named, the one in memory, the smallest that writes."""
        feed, named = self.site.feed, wishes.model or specs.loaded_model(self.before.snapshot)
        installed = await feed.installed()
        return await described(named, installed, feed.describe, "a burst")

    async def _put_back(self, spec: Spec, after: Frame) -> tuple[str, ...]:
        """Leave the model's expiry where it was, unless others use it: what there is to say about it."""
        model = model_named(self.before, spec.model)
        if self.site.commands is None or model is None or not isinstance(model.expires_at, Known):
            return ()
        wanted = model.expires_at.value
        if is_forever(wanted):
            return ()
        if specs.serves_others(self.before) or specs.serves_others(after):
            return (OTHERS,)
        try:
            async with asyncio.timeout(PUT_BACK_S):
                note = await put_back(self.site.commands, spec.model, wanted, spec.options)
        except (HttpError, BadReplyError, TimeoutError) as error:
            note = f"Its expiry could not be put back to where it was: {error or 'no answer in time'}."
        return (note,) if note else ()

    def _changed(self, spec: Spec, after: Frame) -> tuple[str, ...]:
        """What the burst could not help to change."""
        before = model_named(self.before, spec.model)
        if before is None:
            return (f"{spec.model} was loaded for this.",)
        old, new = pid_of(before), pid_of(model_named(after, spec.model))
        if old is not None and new is not None and old != new:
            return (ANEW.format(model=spec.model, old=old, new=new),)
        return ()

"""Frames of a simulated server, for `--demo` and for tests.

Takes the very path of a live look, from samples on; must never build a Frame by hand.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta

from ollama_top.demo import acting
from ollama_top.demo.observe import Observer
from ollama_top.demo.pulls import Pulls
from ollama_top.demo.scenarios import DEFAULT
from ollama_top.demo.world import Scenario, World
from ollama_top.engine import derive
from ollama_top.engine.answering import UnknownModelError
from ollama_top.engine.live import GLANCE_EVERY_S
from ollama_top.engine.state import State
from ollama_top.model.action import Action, Progress
from ollama_top.model.frame import Frame
from ollama_top.model.installed import InstalledModel
from ollama_top.ollama.replies import DescribedModel

PAST_LOOKS = 24  # taken before the first Frame, so that the plots have something to show
LONGEST_LEAP_S = 60.0  # a machine that slept for a night does not live through it in one go


class Camera:
    """Takes Frames of a world as its time goes by; pure, for tests and pictures that need no clock."""

    def __init__(self, scenario: Scenario = DEFAULT, *, began_at: datetime) -> None:
        """Begin at the scenario's second 0, which is `began_at`."""
        self.world = World(scenario)
        self._observer = Observer(self.world, began_at)
        self._state = State()

    def installed(self) -> tuple[InstalledModel, ...]:
        """The models on the disk."""
        return self._observer.installed()

    def describe(self, model_name: str) -> DescribedModel:
        """What the simulated server tells of a model; raises UnknownModelError when there is none such."""
        found = self._observer.describe(model_name)
        if found is None:
            raise UnknownModelError(f"no model {model_name!r} is installed")
        return found

    def shoot(self, after_s: float) -> Frame:
        """The Frame that a look `after_s` seconds later brings."""
        left_s = after_s
        while left_s > GLANCE_EVERY_S:
            self.world.step(GLANCE_EVERY_S)
            self._observer.glance()
            left_s -= GLANCE_EVERY_S
        self.world.step(left_s)
        self._state, frame = derive.step(self._state, self._observer.samples())
        return frame


class DemoFeed:
    """A feed of simulated Frames in real time."""

    def __init__(
        self,
        interval_s: float,
        scenario: Scenario = DEFAULT,
        clock: Callable[[], float] = time.monotonic,
        now: datetime | None = None,
    ) -> None:
        """Prepare; `clock` tells seconds, `now` is when the first Frame is taken."""
        self._interval_s = interval_s
        self._clock = clock
        self._last_s = clock()
        past_s = PAST_LOOKS * interval_s
        self._camera = Camera(scenario, began_at=(now or datetime.now(UTC)) - timedelta(seconds=past_s))
        self._pulls = Pulls()
        self._wake = asyncio.Event()
        for _ in range(PAST_LOOKS):
            self._first = self._camera.shoot(interval_s)

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """Frames without end, the first at once."""
        yield self._first
        while True:
            await self._sleep()
            self._wake.clear()
            now_s = self._clock()
            leap_s, self._last_s = min(now_s - self._last_s, LONGEST_LEAP_S), now_s
            yield self._camera.shoot(leap_s)

    def look_now(self) -> None:
        """Take the next look at once."""
        self._wake.set()

    async def installed(self) -> tuple[InstalledModel, ...]:
        """The models on the simulated disk."""
        return self._camera.installed()

    async def act(self, action: Action, tell: Callable[[Progress], None]) -> None:
        """Have something done in the simulation; raises ActionError in the words of a real server."""
        try:
            await acting.act(self._camera.world, self._pulls, action, tell)
        finally:
            self.look_now()

    async def describe(self, model_name: str) -> DescribedModel:
        """All that is told of a simulated model; raises UnknownModelError when there is none of that name."""
        return self._camera.describe(model_name)

    async def close(self) -> None:
        """Nothing is open."""

    async def _sleep(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), max(self._interval_s, 0.05))
        except TimeoutError:
            return

"""A screen whose paints wait for the line: the parts that changed are kept until they may go.

Must never paint an older state: a part that waited is drawn as it is when its time comes.
"""

from time import monotonic
from typing import TypeVar

from textual.screen import Screen
from textual.timer import Timer

from ollama_top.tui.line.driver import LineDriver
from ollama_top.tui.line.pace import PLACES, Lane
from ollama_top.tui.line.waiting import Waiting

Answer = TypeVar("Answer")
LOOK_AGAIN_S = 0.1  # how soon a terminal that takes nothing is tried again, at the least
SETTLE_S = 0.06


class Paced(Screen[Answer], inherit_bindings=False):
    """Stands where Textual would paint at once what has changed."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = Waiting()
        self._wake: Timer | None = None
        self._is_painted = False
        self._settled_at_s = 0.0

    def wait_to_settle(self) -> None:
        """Paint a change of size once it has been dealt with: parts would be painted twice otherwise."""
        if self._is_painted:
            self._settled_at_s = monotonic() + SETTLE_S

    def paint_on(self) -> None:
        """Paint what waits, as far as it may go; what has changed just now is left for Textual to collect."""
        if self._waiting:
            changed = tuple(self._dirty_widgets)
            self._compositor_refresh()
            self._dirty_widgets.update(changed)  # after a paint Textual takes them for painted

    def _compositor_refresh(self) -> None:
        """Textual's own name for painting what has changed."""
        driver = self.app._driver  # noqa: SLF001 - Textual has no other way to it
        if self is self.app.screen and isinstance(driver, LineDriver):
            self._paint(driver)
        else:
            super()._compositor_refresh()

    def _paint(self, driver: LineDriver) -> None:
        dirty = self._compositor._dirty_regions  # noqa: SLF001 - the parts that changed
        if dirty:
            self._waiting.add(Lane.ASKED if driver.is_asked else Lane.TOLD, dirty)
            dirty.clear()
        is_held = driver.is_stuck or monotonic() < self._settled_at_s
        is_held |= self.app._batch_count > 0  # noqa: SLF001 - then Textual drops paints
        lane = None if is_held else self._waiting.lane(driver.pace)
        if lane is None:
            super()._compositor_refresh()  # paints nothing, and goes on as after a paint
        else:
            self._send(driver, lane)
        self._wake_for(driver)

    def _send(self, driver: LineDriver, lane: Lane) -> None:
        if lane is Lane.ASKED:
            driver.answer_asked()
        self._is_painted = True
        whole = self._compositor.size.region
        is_probed = whole.width > PLACES
        if is_probed:
            driver.probe(driver.pace.begin(lane))
        before = driver.sent_bytes
        parts = self._waiting.take(lane, whole, driver.pace.piece_bytes())
        self._compositor._dirty_regions.update(parts)  # noqa: SLF001 - as above
        super()._compositor_refresh()
        if is_probed:
            driver.probe(driver.pace.end(lane, driver.sent_bytes - before))

    def _wake_for(self, driver: LineDriver) -> None:
        """Come back when no answer does."""
        if self._wake is not None:
            self._wake.stop()
            self._wake = None
        if (wait_s := self._waiting.wait_s(driver.pace)) is not None:
            self._wake = self.set_timer(max(LOOK_AGAIN_S, wait_s), self.paint_on)

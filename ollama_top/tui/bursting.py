"""The key that measures: which model, what has to be agreed to first, and the screen of the burst.

Must never send anything before the user has agreed to what the measuring process would ask. Loaded when
the key is first pressed.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ollama_top.burst import spec
from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.control.sight import model_of, name_of
from ollama_top.model.frame import Frame
from ollama_top.tui.doing import READ_ONLY
from ollama_top.tui.draw.fit import wrap
from ollama_top.tui.messages import InstalledCame, Noticed
from ollama_top.tui.reach import Here, Nowhere, There
from ollama_top.tui.screens import questions
from ollama_top.tui.screens.burst import BurstScreen
from ollama_top.tui.screens.choice import YES
from ollama_top.tui.screens.page import Page
from ollama_top.tui.view import View

if TYPE_CHECKING:
    from ollama_top.tui.monitor import Monitor

NOT_SEEN = Cell("The server cannot be read now: there is nothing to measure.", Role.WARNING)
NONE_INSTALLED = "No model is installed that could be asked: P pulls one."


class Bursting:
    """The part of the monitor that has bursts sent."""

    def __init__(self, monitor: "Monitor") -> None:
        """Nothing is asked yet."""
        self.monitor = monitor
        self._choosing: Here | There | None = None  # what a burst is to be sent by once a model is chosen

    def begin(self) -> None:
        """Measure the model of the row, else the one in memory; else ask whether to load the smallest."""
        frame, reach = self.monitor.newest, self.monitor.reach
        if self.monitor.view.is_read_only:
            self.monitor.update(notice=READ_ONLY)
        elif isinstance(reach, Nowhere):
            self.monitor.update(notice=Cell(reach.why, Role.NOTICE))
        elif frame is None or not frame.snapshot.server.reachable:
            self.monitor.update(notice=NOT_SEEN)
        elif (name := self._named(frame)) is not None:
            self._ask(name, (), lambda: self._send(reach, name))
        else:
            self._choosing = reach
            self.monitor.bridge.ask_installed()

    def takes(self, message: InstalledCame) -> bool:
        """Go on with the smallest model, if a burst waits for one; whether it did."""
        reach, self._choosing = self._choosing, None
        if reach is None:
            return False
        smallest = spec.smallest(message.models)
        if message.problem is not None or not smallest:
            self._tell(message.problem or NONE_INSTALLED)
        else:
            name, size_bytes = smallest[0].name, smallest[0].size_bytes
            self._ask(name, (spec.would_load(name, size_bytes),), lambda: self._send(reach, name))
        return True

    def _tell(self, problem: str) -> None:
        """Say why nothing is sent, until the user has read it: a notice ends with the key that led here."""

        def lines(_: View, width: int) -> list[Line]:
            pieces = wrap(Cell(problem).text, max(1, width - 4))
            return [(), *((Cell("  "), Cell(piece, Role.WARNING)) for piece in pieces)]

        page = Page("Burst: nothing to measure", lines, self.monitor.view, self.monitor.look)
        self.monitor.push_screen(page, lambda _: self.monitor.update())

    def _named(self, frame: Frame) -> str | None:
        model = model_of(self.monitor.main.row, frame)
        return (name_of(model) if model is not None else None) or spec.loaded_model(frame.snapshot)

    def _ask(self, name: str, first: tuple[str, ...], send: Callable[[], None]) -> None:
        """Ask what has to be asked by the newest Frame, and send."""
        frame = self.monitor.newest
        if frame is None:
            return
        reasons = (*first, *spec.reasons(frame))
        if not reasons:
            send()
            return
        question = questions.confirm(f"Send a burst to {name}?", reasons, "Send it.", self.monitor.look)
        self.monitor.push_screen(question, lambda answer: self._answered(answer, send))

    def _answered(self, answer: str | None, send: Callable[[], None]) -> None:
        self.monitor.update()
        if answer == YES:
            send()

    def _send(self, reach: Here | There, name: str) -> None:
        is_demo = self.monitor.newest is not None and self.monitor.newest.snapshot.demo
        whose = ("--demo",) if is_demo else ()
        screen = BurstScreen(
            reach.command((*whose, "burst", "--events", "--yes", "--model", name)),
            lambda send: self._ask(name, (), send),
            lambda text: self.monitor.post_message(Noticed(text)),
            self.monitor.view,
            self.monitor.look,
        )
        self.monitor.push_screen(screen, lambda _: self.monitor.update())

"""The monitor of a recording: the same screens, and the time in the user's hand.

Must never reach a server: its feed is a file, and what acts is not even bound to keys.
"""

from datetime import date, datetime, time
from typing import Any, ClassVar

from textual.binding import BindingType

from ollama_top.columns.cell import Cell, Role
from ollama_top.record.replay import ReplayFeed
from ollama_top.tui.app import MonitorApp
from ollama_top.tui.draw import replay
from ollama_top.tui.layout import Panel
from ollama_top.tui.messages import Noticed
from ollama_top.tui.monitor import Monitor
from ollama_top.tui.replay_keys import KEYS
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.entry import Entry
from ollama_top.tui.screens.main import MainScreen
from ollama_top.tui.widgets.panel import LinePanel


class ReplayScreen(MainScreen, inherit_bindings=False):
    """The main screen, with the keys of a replay."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def on_line_panel_clicked(self, event: LinePanel.Clicked) -> None:
        """Go to where the line of time was clicked."""
        if event.panel == Panel.REPLAY and isinstance(self.app, ReplayApp):
            event.prevent_default()
            self.app.seek_column(event.column)


class ReplayMonitor(Monitor):
    """The monitor of a recording."""

    def with_frame(self) -> dict[str, Any]:
        """Where the replay stands."""
        return {"replay": self.terminal.feed.stand} if isinstance(self.terminal, ReplayApp) else {}

    def mind_silence(self) -> None:
        """A replay may stand still."""


class ReplayApp(MonitorApp):
    """The program's screen over a recording; `run` returns when the user leaves."""

    MAIN = (ReplayScreen, ReplayScreen)
    MONITOR = ReplayMonitor

    def __init__(self, feed: ReplayFeed, *, title: str, theme: str | None, ascii_only: bool = False) -> None:
        """`title` says what is shown; `theme` is a name of `themes.THEMES`, or None."""
        super().__init__(
            lambda: feed,
            title=title,
            read_only=True,
            user="",
            interval_s=feed.player.interval_s(),
            theme=theme,
            demo_offer=None,
            ascii_only=ascii_only,
        )
        self.feed = feed

    # what the user asks for; the feed is touched in its own loop only

    def action_pause(self) -> None:
        """Play, or stay at this moment."""
        self.monitor.bridge.call(self.feed.toggle)

    def action_skip(self, seconds: float) -> None:
        """Go on, or back, by a time."""
        self.monitor.bridge.call(lambda: self.feed.skip(seconds))

    def action_step(self, frames: int) -> None:
        """Go on, or back, by Frames."""
        self.monitor.bridge.call(lambda: self.feed.step(frames))

    def action_to_end(self, which: int) -> None:
        """Go to the first Frame, or to the last."""
        self.monitor.bridge.call(lambda: self.feed.seek(0 if which < 0 else self.feed.stand.count - 1))

    def action_speed(self, by: int) -> None:
        """Play faster or slower."""
        self.monitor.bridge.call(lambda: self.feed.change_speed(by))

    def action_to_change(self, which: int) -> None:
        """Go to where the verdict became better or worse."""

        def go() -> None:
            if not self.feed.to_change(forward=which > 0):
                where = "after" if which > 0 else "before"
                self.monitor.post_message(
                    Noticed(f"The verdict becomes neither better nor worse {where} this.")
                )

        self.monitor.bridge.call(go)

    def seek_column(self, column: int) -> None:
        """Go to the Frame that a column of the bar stands for."""
        number = replay.number_at(self.feed.stand, self.size.width, column)
        if number is not None:
            self.monitor.bridge.call(lambda: self.feed.seek(number))

    def action_go_to(self) -> None:
        """Ask for a time of day, and go there."""
        stand = self.feed.stand
        begin, end = (f"{each.astimezone():%Y-%m-%d %H:%M:%S}" for each in (stand.begin, stand.end))
        text = (f"The recording goes from {begin} to {end}.", "15:00 is of the day that is shown.")
        question = Entry("Go to which time?", text, "time", self.look)
        self.push_screen(question, self._go_to)

    def _go_to(self, answer: str | None) -> None:
        self.monitor.update()
        if answer is None:
            return
        try:
            wanted = moment(answer, self.feed.stand.at.astimezone())
        except ValueError:
            self.monitor.update(notice=Cell(f"No time: {answer}", Role.WARNING))
            return
        self.monitor.bridge.call(lambda: self.feed.go_to(wanted.timestamp()))


def moment(text: str, near: datetime) -> datetime:
    """The moment that a time of day means, on the day of another moment or on its own; raises ValueError."""
    day, _, clock = text.rpartition(" ") if " " in text else text.rpartition("T")
    at = time.fromisoformat(clock if len(clock.partition(":")[0]) == 2 else f"0{clock}")
    on = date.fromisoformat(day) if day else near.date()
    return datetime.combine(on, at, near.tzinfo)

"""The app of the monitor: its screens, its keys, and the monitor that is in front.

Must never know what a monitor says, and never wait for one.
"""

import asyncio
import signal
from collections.abc import Callable
from os import environ
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.screen import Screen

from ollama_top.columns.cell import Cell
from ollama_top.engine.feed import Feed
from ollama_top.tui.draw.verdict import window_title
from ollama_top.tui.keeping import Keeping
from ollama_top.tui.monitor import Monitor, MonitorSaid
from ollama_top.tui.reach import ONLY_LOOKED_AT, Reach
from ollama_top.tui.screens.main import ControlScreen, MainScreen
from ollama_top.tui.screens.showing import Showing
from ollama_top.tui.terminal import TerminalApp
from ollama_top.tui.themes import after, named
from ollama_top.tui.view import View
from ollama_top.tui.watched import Watched
from ollama_top.tui.widgets.panel import LinePanel

if TYPE_CHECKING:
    from ollama_top.model.frame import Frame

MIND_EVERY_S = 1.0  # what the user changed is kept so long afterwards, at most


class MonitorApp(TerminalApp, inherit_bindings=False):
    """The program's screen; `run` returns when the user leaves."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    MAIN: ClassVar[tuple[type[MainScreen], type[MainScreen]]] = (MainScreen, ControlScreen)
    """The main screen of who may only look, and of who may change the server."""
    MONITOR: ClassVar[type[Monitor]] = Monitor

    def __init__(  # noqa: PLR0913 - each is one thing that a user chose
        self,
        make_feed: Callable[[], Feed],
        *,
        title: str,
        read_only: bool,
        user: str,
        interval_s: float,
        theme: str | None,
        demo_offer: Callable[[], Feed] | None,
        keeping: Keeping | None = None,
        reach: Reach = ONLY_LOOKED_AT,
        ascii_only: bool = False,
        watch: Callable[[str], Watched] | None = None,
    ) -> None:
        """`make_feed` runs in a thread of its own, once there is something on the screen.

        `title` says in words what is looked at, `user` who looks; `theme` is a name of `themes.THEMES`,
        or None; `demo_offer` makes the simulation that the screen of an unreachable server offers;
        `keeping` tells how the user looked the last time; `reach` is how ollama-top is run where the server
        is, for bursts and for changes of settings; `ascii_only` sends the terminal nothing else; `watch` is
        what it takes to follow the server to another address.
        """
        super().__init__(ascii_only=ascii_only)
        self.user = user
        keeping = keeping or Keeping()
        self._no_colour = bool(environ.get("NO_COLOR"))
        self.look = named(theme or keeping.kept.theme, no_color=self._no_colour)
        self._demo_offer = demo_offer
        view = View(None, title, interval_s, is_read_only=read_only, offers_demo=demo_offer is not None)
        watched = Watched(title, make_feed, reach, watch)
        self.monitor = self.MONITOR(self, watched, view, keeping)
        self.monitors: tuple[Monitor, ...] = (self.monitor,)
        self.main = self.MAIN[not read_only](view, self.look, self.monitor.looks)

    def get_default_screen(self) -> Screen[None]:
        """The screen to start with."""
        return self.main

    def on_ready(self) -> None:
        """Start the feeds, now that there is something to see."""
        for each in self.monitors:
            each.start()
        self.set_interval(MIND_EVERY_S, self.mind)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self.exit)
        self.app_resume_signal.subscribe(self, lambda _: self._repaint())

    def _repaint(self) -> None:
        """Draw everything: whoever had the terminal meanwhile has left nothing of it."""
        self.screen.refresh()
        for each in self.screen.query(LinePanel):
            each.refresh()

    def on_unmount(self) -> None:
        """Let the feeds end by themselves, and keep what is to be kept."""
        for each in self.monitors:
            each.end()

    # what the monitors say

    @property
    def view(self) -> View:
        """The View of the monitor in front."""
        return self.monitor.view

    @property
    def newest(self) -> "Frame | None":
        """The newest Frame of the monitor in front."""
        return self.monitor.newest

    @property
    def in_front(self) -> Monitor | None:
        """The monitor that the user sees, itself or a page of it."""
        return self.monitor

    def show(self, monitor: Monitor) -> None:
        """Draw a monitor on the screen in front, if that is one of its own."""
        for screen in self.screen_stack[-1:]:  # none is left while the app closes
            if monitor.is_in_front and isinstance(screen, Showing):
                screen.show(monitor.view, self.look)

    def name_after(self, monitor: Monitor) -> None:
        """Name the terminal's window after what is in front."""
        if monitor.is_in_front:
            self.name_window(window_title(monitor.view))

    def on_monitor_said(self, said: MonitorSaid) -> None:
        """Have a monitor take up what is for it."""
        said.monitor.hear(said.message)

    def mind(self) -> None:
        """See to what no message brings."""
        for each in self.monitors:
            each.mind()

    def on_key(self, event: events.Key) -> None:  # noqa: ARG002 - any key will do
        """Take the last notice away: it has been seen."""
        if self.view.notice is not None and self.in_front is not None:
            self.monitor.update(notice=None)

    # what the user asks for

    def action_burst(self) -> None:
        """Send several requests at once, and see how many are served at once."""
        self.monitor.bursting.begin()

    def action_record(self) -> None:
        """Record what is seen from now on, or stop that."""
        self.monitor.recordings.toggle()

    def action_open(self, page: str) -> None:
        """Open a page."""
        self.monitor.opening.open(page)

    def action_ask(self, deed: str) -> None:
        """Begin something that is done to the server, or with the row."""
        self.monitor.hands.ask(deed)

    async def action_quit(self) -> None:
        """Leave; asks first while settings are changed."""
        if self.view.changing is None:
            self.exit()
        else:
            self.monitor.changing.under_way.ask_to_leave()

    def action_pause(self) -> None:
        """Hold this moment, or go on with the newest."""
        self.monitor.pause()

    def action_look_now(self) -> None:
        """Look at once; start a feed that has ended anew."""
        self.monitor.look_now()

    def action_next_theme(self) -> None:
        """Go on to the next theme."""
        self.look = after(self.look, no_color=self._no_colour)
        self.monitor.update(notice=Cell(f"theme: {self.look.name}"))

    def action_demo(self) -> None:
        """Show the simulation, where the server cannot be reached and a simulation is offered."""
        if self._demo_offer is not None:
            self.monitor.demo(self._demo_offer)

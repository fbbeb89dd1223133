"""The monitor: a View kept up to date by the bridge's messages, and the screens that draw it.

Must never look at a server or a machine itself, and never wait for anything that does.
"""

import asyncio
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from os import environ
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual import events, on

from ollama_top.columns.cell import Cell, Role
from ollama_top.config.kept import Kept
from ollama_top.engine.feed import Feed
from ollama_top.model.frame import Frame
from ollama_top.tui.bridge import Bridge
from ollama_top.tui.draw.screen import is_lost
from ollama_top.tui.draw.verdict import window_title
from ollama_top.tui.keeping import Keeping, kept_of, looks_of
from ollama_top.tui.lookback import look_back
from ollama_top.tui.messages import ActionMessage, ChangeTold, FeedFailed, InstalledCame, Noticed
from ollama_top.tui.parts import Parts
from ollama_top.tui.screens.main import ControlScreen, MainScreen
from ollama_top.tui.screens.showing import Showing
from ollama_top.tui.terminal import TerminalApp
from ollama_top.tui.themes import after, named
from ollama_top.tui.view import View
from ollama_top.tui.widgets.panel import LinePanel

if TYPE_CHECKING:
    from ollama_top.tui.watched import Watched

SILENCE_INTERVALS = 5  # so many intervals without a Frame are worth a word
MIND_EVERY_S = 1.0  # what the user changed is kept so long afterwards, at most
NOTICE_S = 8.0
SILENCE_FLOOR_S = 15.0  # a slow server makes looks longer, which is no silence yet


class MonitorApp(Parts, TerminalApp, inherit_bindings=False):
    """The program's screen; `run` returns when the user leaves."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False

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
        burst_command: Sequence[str] = (),
        ascii_only: bool = False,
        watch: "Callable[[str], Watched] | None" = None,
    ) -> None:
        """`make_feed` runs in a thread of its own, once there is something on the screen.

        `title` says in words what is looked at, `user` who looks; `theme` is a name of `themes.THEMES`,
        or None; `demo_offer` makes the simulation that the screen of an unreachable server offers;
        `keeping` tells how the user looked the last time; `burst_command` is ollama-top itself, with the
        options that name this server, for bursts and for changes of settings; `ascii_only` sends the terminal
        nothing else; `watch` is what it takes to follow the server to another address.
        """
        no_colour = bool(environ.get("NO_COLOR"))
        super().__init__(ascii_only=ascii_only)
        self.user = user
        self.command = burst_command
        self._watch = watch
        self.view = View(None, title, interval_s, is_read_only=read_only, offers_demo=demo_offer is not None)
        self._keeping = keeping or Keeping()
        self.look = named(theme or self._keeping.kept.theme, no_color=no_colour)
        self._no_colour = no_colour
        self._demo_offer = demo_offer
        self.onlookers: list[Callable[[Frame], object]] = []
        self.bridge = Bridge(make_feed, self.post_message, self.onlookers)
        self._make_feed = make_feed
        self.newest: Frame | None = None
        self._heard_at_s = 0.0
        self._noticed_at_s = 0.0
        screen = MainScreen if read_only else ControlScreen
        self.main = screen(self.view, self.look, looks_of(self._keeping.kept))
        self._keeping.begin(self._looks_now())

    def get_default_screen(self) -> MainScreen:
        """The screen to start with."""
        return self.main

    def on_ready(self) -> None:
        """Start the feed, now that there is something to see."""
        self._begin(self._make_feed)
        self.set_interval(MIND_EVERY_S, self._mind)
        if self._keeping.problem:
            self.update(notice=Cell(self._keeping.problem, Role.WARNING))
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self.exit)
        self.app_resume_signal.subscribe(self, lambda _: self._repaint())

    def _repaint(self) -> None:
        """Draw everything: whoever had the terminal meanwhile has left nothing of it."""
        self.screen.refresh()
        for each in self.screen.query(LinePanel):
            each.refresh()

    def on_unmount(self) -> None:
        """Let the feed end by itself; nothing waits for it, but a recording is written to its end."""
        self.bridge.stop()
        if self.view.recording is not None:
            self.recordings.end()
        self._keeping.finish(self._looks_now())

    def _begin(self, make_feed: Callable[[], Feed]) -> None:
        self.bridge.stop()
        if self.view.doings:
            self.hands.drop()
        self._make_feed = make_feed
        self.bridge = Bridge(make_feed, self.post_message, self.onlookers)
        self._heard_at_s = monotonic()
        self.bridge.start()

    def _looks_now(self) -> Kept:
        return kept_of(self.main.looks, self.look.name)

    def _keep(self) -> None:
        self._keeping.follow(self._looks_now(), self.post_message)

    def on_noticed(self, message: Noticed) -> None:
        """Say it until the next key."""
        self.update(notice=Cell(message.text, Role.WARNING))

    def update(self, **changes: Any) -> None:  # noqa: ANN401 - fields of View
        """Change the View and draw it on the screen in front."""
        self.view = replace(self.view, **changes)
        if changes.get("notice") is not None:
            self._noticed_at_s = monotonic()
        for screen in self.screen_stack[-1:]:  # none is left while the app closes
            if isinstance(screen, Showing):
                screen.show(self.view, self.look)

    # what the bridge says

    def on_frame_came(self) -> None:
        """Draw the newest Frame, unless the user holds an older one; after what a key has asked for."""
        self.after_keys(self._take_frame)

    def _take_frame(self) -> None:
        frame = self.bridge.take()
        if frame is None:
            return
        if self.newest is None and self.command and not frame.snapshot.demo:
            self.run_worker(look_back(self))
        self.newest = frame
        self._heard_at_s = monotonic()
        shown = {} if self.view.is_paused else {"frame": frame}
        done = self.hands.shown_by(frame) if self.view.doings else {}
        self.update(**shown, trouble=None, silent_s=None, **done, **self._with_frame())
        self.name_window(window_title(self.view))

    def _with_frame(self) -> dict[str, Any]:
        """What else of the View is new with a Frame."""
        return {}

    def on_feed_failed(self, message: FeedFailed) -> None:
        """Say that nothing new will come, and why."""
        self.update(trouble=message.problem)

    def _mind(self) -> None:
        """See to what no message brings; in one go, since waking up is most of what it costs."""
        self._mind_silence()
        self._mind_notice()
        self._keep()

    def _mind_silence(self) -> None:
        silent_s = monotonic() - self._heard_at_s
        limit_s = max(SILENCE_FLOOR_S, SILENCE_INTERVALS * self.view.interval_s)
        if silent_s > limit_s and self.view.trouble is None:
            self.update(silent_s=silent_s)

    def _mind_notice(self) -> None:
        """Give the keys their line back."""
        if self.view.notice is not None and monotonic() - self._noticed_at_s > NOTICE_S:
            self.update(notice=None)

    def on_key(self, event: events.Key) -> None:  # noqa: ARG002 - any key will do
        """Take the last notice away: it has been seen."""
        if self.view.notice is not None:
            self.update(notice=None)

    # what the user asks for

    def action_burst(self) -> None:
        """Send several requests at once, and see how many are served at once."""
        self.bursting.begin()

    def action_record(self) -> None:
        """Record what is seen from now on, or stop that."""
        self.recordings.toggle()

    def action_open(self, page: str) -> None:
        """Open a page."""
        self.opening.open(page)

    def action_ask(self, deed: str) -> None:
        """Begin something that is done to the server, or with the row."""
        self.hands.ask(deed)

    def on_change_told(self, message: ChangeTold) -> None:
        """Follow a change of settings."""
        self.changing.under_way.hear(message.event)

    async def action_quit(self) -> None:
        """Leave; asks first while settings are changed."""
        if self.view.changing is None:
            self.exit()
        else:
            self.changing.under_way.ask_to_leave()

    @on(ActionMessage)
    def _hear(self, message: ActionMessage) -> None:
        self.hands.hear(message)

    def on_installed_came(self, message: InstalledCame) -> None:
        """Show what can be loaded, or go on with a burst that waits for a model."""
        if not self.bursting.takes(message):
            self.hands.installed_came(message)

    def action_pause(self) -> None:
        """Hold this moment, or go on with the newest."""
        paused = not self.view.is_paused
        self.update(is_paused=paused, frame=self.view.frame if paused else self.newest)

    def action_look_now(self) -> None:
        """Look at once; start a feed that has ended anew."""
        if self.view.trouble is not None:
            self.update(trouble=None)
            self._begin(self._make_feed)
        else:
            self.bridge.look_now()

    def action_next_theme(self) -> None:
        """Go on to the next theme."""
        self.look = after(self.look, no_color=self._no_colour)
        self.update(notice=Cell(f"theme: {self.look.name}"))

    @property
    def may_change(self) -> bool:
        """Whether settings may be changed from here: by this user, on the server's own machine."""
        return bool(self.command) and not self.view.is_read_only

    def follow(self, url: str) -> None:
        """Go on with the server at its new address."""
        if self._watch is not None:
            found = self._watch(url)
            self.command = found.command
            self.update(frame=None, title=found.title, is_paused=False)
            self._begin(found.make_feed)

    def action_demo(self) -> None:
        """Show the simulation, where the server cannot be reached and a simulation is offered."""
        if self._demo_offer is not None and is_lost(self.view.frame):
            if self.view.recording is not None:
                self.recordings.toggle()
            self.update(frame=None, title="a simulated server", is_paused=False)
            self._begin(self._demo_offer)

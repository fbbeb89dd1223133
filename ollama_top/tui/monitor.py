"""The monitor of one server: a View kept up to date by what its bridge says, and the parts that act.

Must never look at a server or a machine itself, and never wait for anything that does. It may stand behind
another: then it goes on, and what it has to ask waits until it is in front.
"""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.message import Message
from textual.screen import Screen

from ollama_top.columns.cell import Cell, Role
from ollama_top.config.kept import Kept
from ollama_top.engine.feed import Feed
from ollama_top.model.frame import Frame
from ollama_top.tui.bridge import Bridge
from ollama_top.tui.draw.screen import is_lost
from ollama_top.tui.keeping import Keeping, kept_of, looks_of
from ollama_top.tui.lookback import look_back
from ollama_top.tui.messages import ActionMessage, ChangeTold, FeedFailed, FrameCame, InstalledCame, Noticed
from ollama_top.tui.parts import Parts
from ollama_top.tui.reach import Here, Nowhere
from ollama_top.tui.view import View
from ollama_top.tui.watched import Watched

if TYPE_CHECKING:
    from ollama_top.tui.app import MonitorApp
    from ollama_top.tui.screens.main import MainScreen
    from ollama_top.tui.themes import Theme

SILENCE_INTERVALS = 5  # so many intervals without a Frame are worth a word
SILENCE_FLOOR_S = 15.0  # a slow server makes looks longer, which is no silence yet
NOTICE_S = 8.0


class MonitorSaid(Message):
    """What the bridge or a part of one monitor says."""

    def __init__(self, monitor: "Monitor", message: Message) -> None:
        self.monitor = monitor
        self.message = message
        super().__init__()


class Monitor(Parts):
    """One server that is watched; the terminal shows it while it is in front."""

    def __init__(self, terminal: "MonitorApp", watched: Watched, view: View, keeping: Keeping) -> None:
        """`terminal` is the app that shows it; `keeping` tells how the user looked the last time."""
        self.terminal = terminal
        self.reach = watched.reach
        self.view = view
        self.looks = looks_of(keeping.kept)  # while behind: the main screen has those of the one in front
        self.newest: Frame | None = None
        self.onlookers: list[Callable[[Frame], object]] = []
        self.bridge = Bridge(watched.make_feed, self.post_message, self.onlookers)
        self._make_feed = watched.make_feed
        self._moved_to = watched.moved_to
        self._keeping = keeping
        self._awaiting: list[tuple[Screen[Any], Callable[[Any], None]]] = []
        self._heard_at_s = self._noticed_at_s = self._failed_at_s = 0.0
        keeping.begin(kept_of(self.looks, self.look.name))

    # where it is shown

    @property
    def is_in_front(self) -> bool:
        """Whether the user sees it, or a page of it."""
        return self.terminal.in_front is self

    @property
    def look(self) -> "Theme":
        """The theme."""
        return self.terminal.look

    @property
    def main(self) -> "MainScreen":
        """The main screen, which is this monitor's while it is in front."""
        return self.terminal.main

    @property
    def user(self) -> str:
        """Who looks."""
        return self.terminal.user

    def update(self, **changes: Any) -> None:  # noqa: ANN401 - fields of View
        """Change the View; it is drawn where it is in front."""
        self.view = replace(self.view, **changes)
        if changes.get("notice") is not None:
            self._noticed_at_s = monotonic()
        self.terminal.show(self)

    def push_screen(self, screen: Screen[Any], then: Callable[[Any], None]) -> None:
        """Open a page or a question; one of a monitor behind waits until that is in front."""
        if self.is_in_front:
            self.terminal.push_screen(screen, then)
        else:
            self._awaiting.append((screen, then))

    def come(self) -> None:
        """Be in front from now on: say what was to be said meanwhile."""
        self._noticed_at_s = monotonic()
        self.update()
        awaiting, self._awaiting = self._awaiting, []
        for screen, then in awaiting:
            self.push_screen(screen, then)

    def run_worker(self, work: Coroutine[Any, Any, object]) -> None:
        """Have something done beside the keys."""
        self.terminal.run_worker(work)

    # its feed

    def start(self) -> None:
        """Start the feed, now that there is something to see; say what is wrong with what is kept."""
        if self._keeping.problem:
            self.update(notice=Cell(self._keeping.problem, Role.WARNING))
        self.begin()

    def begin(self, make_feed: Callable[[], Feed] | None = None) -> None:
        """Start the feed, anew or another; nothing more is heard of the one before."""
        self.bridge.stop()
        if self.view.doings:
            self.hands.drop()
        self._make_feed = make_feed or self._make_feed
        self.bridge = Bridge(self._make_feed, self.post_message, self.onlookers)
        self._heard_at_s = monotonic()
        self.bridge.start()

    def end(self) -> None:
        """Let the feed end by itself; nothing waits for it, but a recording is written to its end."""
        self.bridge.stop()
        if self.view.recording is not None:
            self.recordings.end()
        self._keeping.finish(self._looks_now())

    def post_message(self, message: Message) -> None:
        """Have something heard by this monitor, from any thread."""
        self.terminal.post_message(MonitorSaid(self, message))

    def hear(self, message: Message) -> None:
        """Take up what the bridge says, or one of the parts."""
        match message:
            case FrameCame():
                self.terminal.after_keys(self.take_frame)
            case FeedFailed():
                self._failed_at_s = monotonic()
                self.update(trouble=message.problem)
            case Noticed():
                self.update(notice=Cell(message.text, Role.WARNING))
            case ActionMessage():
                self.hands.hear(message)
            case InstalledCame():
                if not self.bursting.takes(message):
                    self.hands.installed_came(message)
            case ChangeTold():
                self.changing.under_way.hear(message.event)

    def take_frame(self) -> None:
        """Show the newest Frame, unless the user holds an older one."""
        frame = self.bridge.take()
        if frame is None:
            return
        if self.newest is None and isinstance(self.reach, Here) and not frame.snapshot.demo:
            self.run_worker(look_back(self))
        self.newest = frame
        self._heard_at_s = monotonic()
        shown = {} if self.view.is_paused else {"frame": frame}
        done = self.hands.shown_by(frame) if self.view.doings else {}
        self.update(**shown, trouble=None, silent_s=None, **done, **self.with_frame())
        self.terminal.name_after(self)

    def with_frame(self) -> dict[str, Any]:
        """What else of the View is new with a Frame."""
        return {}

    @property
    def now(self) -> View:
        """The View of the newest Frame, also where the user holds an older one."""
        return replace(self.view, frame=self.newest, is_paused=False)

    # what no message brings

    def mind(self) -> None:
        """See to what no message brings; in one go, since waking up is most of what it costs."""
        self.mind_silence()
        self._mind_notice()
        self._keeping.follow(self._looks_now(), self.post_message)

    def mind_silence(self) -> None:
        """Say how long nothing new has come, where that is longer than usual."""
        silent_s = monotonic() - self._heard_at_s
        limit_s = max(SILENCE_FLOOR_S, SILENCE_INTERVALS * self.view.interval_s)
        if silent_s > limit_s and self.view.trouble is None:
            self.update(silent_s=silent_s)

    def _mind_notice(self) -> None:
        """Give the keys their line back; a notice that nobody has seen stays."""
        is_old = monotonic() - self._noticed_at_s > NOTICE_S
        if self.view.notice is not None and is_old and self.is_in_front:
            self.update(notice=None)

    def _looks_now(self) -> Kept:
        is_shown = self.terminal.monitor is self
        return kept_of(self.main.looks if is_shown else self.looks, self.look.name)

    def try_again(self, after_s: float) -> None:
        """Start the feed anew, if it has ended this long ago; the trouble is told until a Frame comes."""
        if self.view.trouble is not None and monotonic() - self._failed_at_s > after_s:
            self._failed_at_s = monotonic()
            self.begin()

    # what the user asks for

    def pause(self) -> None:
        """Hold this moment, or go on with the newest."""
        paused = not self.view.is_paused
        self.update(is_paused=paused, frame=self.view.frame if paused else self.newest)

    def look_now(self) -> None:
        """Look at once; start a feed that has ended anew."""
        if self.view.trouble is not None:
            self.update(trouble=None)
            self.begin()
        else:
            self.bridge.look_now()

    @property
    def may_change(self) -> bool:
        """Whether settings may be changed: by this user, and where ollama-top can be run for it."""
        return not isinstance(self.reach, Nowhere) and not self.view.is_read_only

    def follow(self, url: str) -> None:
        """Go on with the server at its new address."""
        if self._moved_to is not None:
            found = self._moved_to(url)
            self.reach = found.reach
            self._begin_other(found.title, found.make_feed)

    def demo(self, offer: Callable[[], Feed]) -> None:
        """Show a simulation, where the server cannot be reached."""
        if is_lost(self.view.frame):
            if self.view.recording is not None:
                self.recordings.toggle()
            self._begin_other("a simulated server", offer)

    def _begin_other(self, title: str, make_feed: Callable[[], Feed]) -> None:
        self.update(frame=None, title=title, is_paused=False)
        self.begin(make_feed)

"""The overview of several machines: each has a thread of its own, so that a dead one holds up no other."""

import asyncio
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from os import environ
from time import monotonic
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from ollama_top.columns.cell import Cell, Role
from ollama_top.engine.feed import Feed
from ollama_top.tui.bridge import Bridge
from ollama_top.tui.draw.fit import fit_line
from ollama_top.tui.draw.footer import key_line
from ollama_top.tui.draw.hosts import HostStand, hosts_lines
from ollama_top.tui.hosts_keys import HOSTS_KEYS
from ollama_top.tui.messages import FeedFailed, FrameCame
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.paced import Paced
from ollama_top.tui.terminal import TerminalApp
from ollama_top.tui.themes import named
from ollama_top.tui.widgets.panel import LinePanel

MIND_EVERY_S = 1.0
SILENCE_S = 10.0
AGAIN_S = 30.0
MakeFeed = Callable[[], Feed]


class HostSaid(Message):
    """What the feed of one machine says."""

    def __init__(self, host: str, message: Message) -> None:
        self.host = host
        self.message = message
        super().__init__()


class HostsScreen(Paced[None], inherit_bindings=False):
    """A line for each machine."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(HOSTS_KEYS)
    AUTO_FOCUS = ""
    DEFAULT_CSS = "HostsScreen { overflow: hidden; }"

    def __init__(self, look: str | None) -> None:
        """`look` is the name of a theme, or None."""
        super().__init__()
        self._theme = named(look, no_color=bool(environ.get("NO_COLOR")))
        self._head, self._body, self._foot = (LinePanel(name) for name in ("head", "body", "foot"))
        self.cursor = 0

    def compose(self) -> ComposeResult:
        """Title, machines and keys."""
        yield from (self._head, self._body, self._foot)

    def draw(self) -> None:
        """Draw what is known now."""
        width, height = self.app.size
        if not isinstance(self.app, HostsApp) or not self.app.size:
            return
        stands = tuple(self.app.stands.values())
        title = [Cell(" ollama-top ", Role.HEADER_FOCUSED), Cell(f" {len(stands)} machines", Role.STRONG)]
        self._head.show([fit_line(title, width)], self._theme, 1)
        room = max(1, height - 2)
        lines = hosts_lines(stands, self.cursor, width)
        first = max(0, self.cursor + 2 - room)
        self._body.show([lines[0], *lines[1 + first :]][:room], self._theme, room)
        self._foot.show([key_line(HOSTS_KEYS, width)], self._theme, 1)

    def on_mount(self) -> None:
        """Draw before the first paint."""
        self.draw()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.draw()

    def action_move(self, by: int) -> None:
        """Another machine under the cursor."""
        if isinstance(self.app, HostsApp):
            self.cursor = max(0, min(self.cursor + by, len(self.app.stands) - 1))
            self.draw()

    def action_watch(self) -> None:
        """Leave for the monitor of the machine under the cursor."""
        if isinstance(self.app, HostsApp):
            self.app.chosen = self.app.host_at(self.cursor)
            self.app.exit()

    def action_again(self) -> None:
        """Look at the machine under the cursor at once."""
        if isinstance(self.app, HostsApp):
            self.app.again(self.app.host_at(self.cursor))


class HostsApp(TerminalApp, inherit_bindings=False):
    """After `run`, `chosen` is the machine whose monitor is wanted, or None where the user leaves."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False

    def __init__(
        self, feeds: Mapping[str, MakeFeed], theme: str | None, *, before: str | None, ascii_only: bool
    ) -> None:
        """`feeds` makes the feed of each machine; `before` is the one under the cursor at first, or None."""
        super().__init__(ascii_only=ascii_only)
        self.chosen: str | None = None
        self._feeds = feeds
        self.stands = {host: HostStand(host) for host in feeds}
        self._main = HostsScreen(theme)
        self._main.cursor = [*feeds, before].index(before) % len(feeds) if before is not None else 0
        self._bridges: dict[str, Bridge] = {}
        self._failed_at_s: dict[str, float] = {}
        self._heard_at_s = dict.fromkeys(feeds, monotonic())

    def get_default_screen(self) -> HostsScreen:
        """The only screen."""
        return self._main

    def on_ready(self) -> None:
        """Start every feed, now that there is something to see."""
        for host in self._feeds:
            self._begin(host)
        self.set_interval(MIND_EVERY_S, self._mind)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self.exit)

    def on_unmount(self) -> None:
        """Let the feeds end by themselves."""
        for each in self._bridges.values():
            each.stop()

    def host_at(self, cursor: int) -> str:
        """The machine of a line."""
        return list(self.stands)[cursor]

    def again(self, host: str) -> None:
        """Look at a machine at once; start a feed that has ended anew."""
        if self.stands[host].trouble is not None:
            self._change(host, trouble=None)
            self._begin(host)
        else:
            self._bridges[host].look_now()

    def on_host_said(self, said: HostSaid) -> None:
        """Take what the feed of a machine says."""
        match said.message:
            case FrameCame():
                frame = self._bridges[said.host].take()
                self._heard_at_s[said.host] = monotonic()
                if frame is not None:
                    self._change(said.host, frame=frame, trouble=None, silent_s=None)
            case FeedFailed(problem=problem):
                self._failed_at_s[said.host] = monotonic()
                self._change(said.host, trouble=problem)

    def _begin(self, host: str) -> None:
        self._bridges[host] = Bridge(self._feeds[host], partial(self._hear, host))
        self._bridges[host].start()

    def _hear(self, host: str, message: Message) -> None:
        self.post_message(HostSaid(host, message))

    def _change(self, host: str, **changes: object) -> None:
        self.stands[host] = replace(self.stands[host], **changes)  # type: ignore[arg-type]
        self._main.draw()

    def _mind(self) -> None:
        """Say of which machine nothing new comes, and try those again that could not be reached."""
        for host, heard_at_s in self._heard_at_s.items():
            silent_s = monotonic() - heard_at_s
            if self.stands[host].trouble is None:
                if silent_s > SILENCE_S:
                    self._change(host, silent_s=silent_s)
            elif monotonic() - self._failed_at_s[host] > AGAIN_S:
                self.again(host)

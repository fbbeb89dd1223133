"""The overview of several hosts, and the main screen of one of them.

Must never know how a host is watched: the app has a monitor for each.
"""

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.tui.draw.fit import fit_line
from ollama_top.tui.draw.footer import key_line
from ollama_top.tui.draw.hosts import hosts_lines
from ollama_top.tui.draw.tabs import tab_at
from ollama_top.tui.draw.verdict import verdict
from ollama_top.tui.hosts_keys import HOSTS_KEYS, TAB_KEYS
from ollama_top.tui.layout import Panel
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.main import ControlScreen, MainScreen
from ollama_top.tui.screens.paced import Paced
from ollama_top.tui.view import View
from ollama_top.tui.widgets.panel import LinePanel

if TYPE_CHECKING:
    from ollama_top.tui.hosts import HostsApp


SAID_LINES = 2
ROOMY = 10  # a lower window has its rows for hosts


class HostsScreen(Paced[None], inherit_bindings=False):
    """A line for each host."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(HOSTS_KEYS)
    AUTO_FOCUS = ""
    DEFAULT_CSS = "HostsScreen { overflow: hidden; }"

    def __init__(self) -> None:
        """The cursor is on the first."""
        super().__init__()
        self._head, self._body, self._foot = (LinePanel(name) for name in ("head", "body", "foot"))
        self._first = 0  # of the hosts in view
        self.cursor = 0

    def compose(self) -> ComposeResult:
        """Title, hosts and keys."""
        yield from (self._head, self._body, self._foot)

    @property
    def _hosts(self) -> "HostsApp":
        return cast("HostsApp", self.app)

    def draw(self) -> None:
        """Draw what is known now."""
        if not self.app.size:
            return
        (width, height), look = self.app.size, self._hosts.look
        views = [each.now for each in self._hosts.monitors]
        title = [Cell(" ollama-top ", Role.HEADER_FOCUSED), Cell(f" {len(views)} hosts", Role.STRONG)]
        head, *lines = hosts_lines(views, self.cursor, width)
        foot = self._foot_lines(views[self.cursor], width, height)
        room = max(1, height - 2 - len(foot))
        self._first = max(self.cursor - room + 1, min(self._first, self.cursor, max(0, len(views) - room)))
        self._head.show([fit_line(title, width)], look, int(height > 2))
        self._body.show([head, *lines[self._first : self._first + room]], look, room + 1)
        self._foot.show(foot, look, len(foot))

    def _foot_lines(self, view: View, width: int, height: int) -> list[Line]:
        """The verdict on the host under the cursor, for which its line is often too short, and the keys."""
        said = verdict(view, width, SAID_LINES, names_key=False) if height >= ROOMY else []
        return [*said, key_line(HOSTS_KEYS, width)] if height > 3 else []

    def on_mount(self) -> None:
        """Draw before the first paint."""
        self.draw()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.draw()

    def action_move(self, by: int) -> None:
        """Another host under the cursor."""
        self.cursor = max(0, min(self.cursor + by, len(self._hosts.monitors) - 1))
        self.draw()

    def action_watch(self) -> None:
        """Go to the monitor of the host under the cursor."""
        self._hosts.bring(self.cursor)

    def action_again(self) -> None:
        """Look at the host under the cursor at once."""
        self._hosts.monitors[self.cursor].look_now()

    def on_line_panel_clicked(self, event: LinePanel.Clicked) -> None:
        """Take up the host that was clicked; go to it, where it is under the cursor already."""
        at = self._first + event.line - 1
        if event.panel != "body" or not event.line or at >= len(self._hosts.monitors):
            return
        if at == self.cursor:
            self.action_watch()
        else:
            self.action_move(at - self.cursor)

    def on_line_panel_wheeled(self, event: LinePanel.Wheeled) -> None:
        """Move the cursor."""
        self.action_move(event.steps)


class TabbedScreen(MainScreen):
    """The main screen of one of several hosts."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(TAB_KEYS)

    def on_line_panel_clicked(self, event: LinePanel.Clicked) -> None:
        """Go to the host whose tab was clicked."""
        tabs = self.view.tabs
        if event.panel == Panel.TABS and tabs is not None:
            at = tab_at(tabs, self.app.size.width, event.column)
            if at is not None:
                cast("HostsApp", self.app).bring(at)


class TabbedControlScreen(ControlScreen, TabbedScreen):
    """The same, of a user who may change the servers."""

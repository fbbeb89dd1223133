"""Several hosts in one app: each has a monitor that goes on all the time, one of them in front.

Must never let one host wait for another: each has a thread of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from textual.screen import Screen

from ollama_top.columns.cell import Cell, Role
from ollama_top.tui.app import MonitorApp
from ollama_top.tui.draw.hosts import hosts_title
from ollama_top.tui.draw.tabs import mark_of
from ollama_top.tui.draw.verdict import window_title
from ollama_top.tui.keeping import Keeping
from ollama_top.tui.monitor import Monitor
from ollama_top.tui.screens.hosts import HostsScreen, TabbedControlScreen, TabbedScreen
from ollama_top.tui.tabs import Tab, Tabs
from ollama_top.tui.watched import Watched

AGAIN_S = 30.0  # a host that could not be reached is tried again so long afterwards


class HostsApp(MonitorApp):
    """The overview, and over it the monitor of the host in front."""

    MAIN = (TabbedScreen, TabbedControlScreen)

    def __init__(
        self,
        hosts: Sequence[Watched],
        keeping_of: Callable[[str], Keeping],
        *,
        read_only: bool,
        interval_s: float,
        theme: str | None,
        ascii_only: bool = False,
    ) -> None:
        """`keeping_of` tells how the user looked at a host the last time, by its title.

        One theme is for all: `theme`, or that in which the first host was looked at.
        """
        first, *others = hosts
        super().__init__(
            first.make_feed,
            title=first.title,
            read_only=read_only,
            user="",
            interval_s=interval_s,
            theme=theme,
            demo_offer=None,
            keeping=keeping_of(first.title),
            reach=first.reach,
            watch=first.moved_to,
            ascii_only=ascii_only,
        )
        self.monitors += tuple(
            Monitor(self, each, replace(self.view, title=each.title), keeping_of(each.title))
            for each in others
        )
        self._overview = HostsScreen()
        self._share_tabs()

    def get_default_screen(self) -> Screen[None]:
        """The overview."""
        return self._overview

    def on_ready(self) -> None:
        """Keep the main screen as long as the app is there; the base starts the feeds."""
        self.install_screen(self.main, "main")
        self.name_after(self.monitor)

    # what is in front

    @property
    def in_front(self) -> Monitor | None:
        """The monitor that the user sees, itself or a page of it; None over the overview."""
        return self.monitor if self.main in self.screen_stack else None

    def show(self, monitor: Monitor) -> None:
        """Draw what has changed of a monitor: itself, its tab or its line."""
        is_news = self._share_tabs()
        if self.in_front is None:
            self._overview.draw()
        elif is_news or monitor.is_in_front:
            super().show(self.monitor)

    def _share_tabs(self) -> bool:
        """Tell the monitor in front how all hosts do; whether that is news."""
        each = tuple(Tab(one.view.title, mark_of(one.now)) for one in self.monitors)
        tabs = Tabs(each, self.monitors.index(self.monitor))
        is_news = tabs != self.view.tabs
        self.monitor.view = replace(self.view, tabs=tabs)
        return is_news

    def bring(self, at: int) -> None:
        """Put the monitor of a host in front, as the user left it and with its newest Frame."""
        if self.monitor is not self.monitors[at]:
            self.monitor.looks = self.main.looks
            self.monitor = self.monitors[at]
            self.main.looks = self.monitor.looks
        self._share_tabs()
        self.main.show(self.view, self.look)
        if self.in_front is None:
            self.push_screen(self.main)
        self.monitor.come()
        self.name_after(self.monitor)

    def name_after(self, monitor: Monitor) -> None:
        """Name the terminal's window after the host in front, or after all."""
        if self.in_front is None:
            self.name_window(hosts_title([each.now for each in self.monitors]))
        elif monitor.is_in_front:
            self.name_window(f"{monitor.view.title}: {window_title(monitor.view)}")

    def mind(self) -> None:
        """See to what no message brings, and try those again that could not be reached."""
        super().mind()
        for each in self.monitors:
            each.try_again(AGAIN_S)

    # what the user asks for

    def action_host(self, number: int) -> None:
        """Go to a host by its number, which counts from 1."""
        if number <= len(self.monitors):
            self.bring(number - 1)
        elif self.in_front is not None:
            self.monitor.update(notice=Cell(f"There are {len(self.monitors)} hosts.", Role.NOTICE))

    def action_host_step(self, by: int) -> None:
        """Go to a host after or before the one in front; after the last comes the first."""
        self.bring((self.monitors.index(self.monitor) + by) % len(self.monitors))

    def action_overview(self) -> None:
        """Go back to the overview."""
        if self.screen is self.main:
            self.pop_screen()
            self._overview.cursor = self.monitors.index(self.monitor)
            self._overview.draw()
            self.name_after(self.monitor)

    async def action_quit(self) -> None:
        """Leave; asks first while settings of any host are changed."""
        for at, each in enumerate(self.monitors):
            if each.view.changing is not None:
                self.bring(at)
        await super().action_quit()

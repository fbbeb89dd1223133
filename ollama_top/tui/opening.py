"""The keys that open a page over the main screen. Loaded when one is first pressed."""

from typing import TYPE_CHECKING

from ollama_top.tui.draw.screen import ALL_TABLES
from ollama_top.tui.hourstand import HourStand
from ollama_top.tui.logstand import LogStand
from ollama_top.tui.screens import pages
from ollama_top.tui.screens.doctor import DoctorScreen
from ollama_top.tui.screens.log import LogScreen
from ollama_top.tui.screens.page import Page
from ollama_top.tui.screens.setup import Setup

if TYPE_CHECKING:
    from ollama_top.tui.monitor import Monitor
    from ollama_top.tui.screens.hour import HourScreen


class Opening:
    """The part of the monitor that opens pages."""

    def __init__(self, monitor: "Monitor") -> None:
        """Nothing has been open yet."""
        self.monitor = monitor
        self._log_stand = LogStand()
        self._hour_stand = HourStand()

    def open(self, page: str) -> None:
        """Open a page by its name in `main_keys`: that of one of the methods that follow."""
        getattr(self, page)()

    def _show(self, page: Page) -> None:
        self.monitor.push_screen(page, lambda _: self.monitor.update())

    def help(self) -> None:
        """Every key and column."""
        self._show(pages.help_text(self.monitor.view, self.monitor.look))

    def server(self) -> None:
        """The verdict in full, the sources, the server."""
        self._show(pages.server(self.monitor.view, self.monitor.look))

    def processes(self) -> None:
        """The server's processes, its limits and its environment."""
        self._show(pages.processes(self.monitor.main.looks.arrangement, self.monitor.view, self.monitor.look))

    def setup(self) -> None:
        """Choose panels and columns."""
        main = self.monitor.main
        self._show(
            Setup(ALL_TABLES, main.looks.arrangement, main.rearrange, self.monitor.view, self.monitor.look)
        )

    def doctor(self) -> None:
        """What could be better."""
        if not self.monitor.may_change:
            self._show(pages.doctor(self.monitor.view, self.monitor.look))
        else:
            begin = self.monitor.changing.begin
            self._show(DoctorScreen(begin, self.monitor.view, self.monitor.look))

    def settings(self) -> None:
        """How every variable of the server stands."""
        self.monitor.changing.settings()

    def profiles(self) -> None:
        """Sets of values for the server, saved and worked out."""
        from ollama_top.tui.profiling import Profiling  # noqa: PLC0415 - other pages need no files

        Profiling(self.monitor).open()

    def passed(self) -> None:
        """What passed proxies."""
        self._show(pages.passed(self.monitor.view, self.monitor.look))

    def log(self) -> None:
        """The server's log, as it was looked at last."""
        screen = LogScreen(self.monitor.view, self.monitor.look, self._log_stand)
        self.monitor.push_screen(screen, lambda _: self._close_log(screen))

    def _close_log(self, screen: LogScreen) -> None:
        self._log_stand = screen.stand
        self.monitor.update()

    def hour(self) -> None:
        """The last hour, as it was looked at last."""
        from ollama_top.tui.screens.hour import HourScreen  # noqa: PLC0415 - few other pages need its plots

        screen = HourScreen(self.monitor.view, self.monitor.look, self._hour_stand)
        self.monitor.push_screen(screen, lambda _: self._close_hour(screen))

    def _close_hour(self, screen: "HourScreen") -> None:
        self._hour_stand = screen.stand
        self.monitor.update()

    def details(self) -> None:
        """Every value of the row under the cursor; the sources where the header is in focus."""
        table, row = self.monitor.main.table, self.monitor.main.row
        if table is None:
            self.server()
        elif row is not None:
            self._show(pages.row_details(table, row, self.monitor.view, self.monitor.look))

    def sort(self) -> None:
        """Ask for the column to sort by."""
        main = self.monitor.main
        if main.table is not None:
            question = pages.sort_question(main.table, main.stand.sort, self.monitor.look)
            self.monitor.push_screen(question, self._sort)

    def _sort(self, answer: str | None) -> None:
        if answer is not None:
            self.monitor.main.sort_by(pages.sort_key(self.monitor.main.table, answer))
        self.monitor.update()

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

    def __init__(self, app: "Monitor") -> None:
        """Nothing has been open yet."""
        self.app = app
        self._log_stand = LogStand()
        self._hour_stand = HourStand()

    def open(self, page: str) -> None:
        """Open a page by its name in `main_keys`: that of one of the methods that follow."""
        getattr(self, page)()

    def _show(self, page: Page) -> None:
        self.app.push_screen(page, lambda _: self.app.update())

    def help(self) -> None:
        """Every key and column."""
        self._show(pages.help_text(self.app.view, self.app.look))

    def server(self) -> None:
        """The verdict in full, the sources, the server."""
        self._show(pages.server(self.app.view, self.app.look))

    def processes(self) -> None:
        """The server's processes, its limits and its environment."""
        self._show(pages.processes(self.app.main.looks.arrangement, self.app.view, self.app.look))

    def setup(self) -> None:
        """Choose panels and columns."""
        main = self.app.main
        self._show(Setup(ALL_TABLES, main.looks.arrangement, main.rearrange, self.app.view, self.app.look))

    def doctor(self) -> None:
        """What could be better."""
        if not self.app.may_change:
            self._show(pages.doctor(self.app.view, self.app.look))
        else:
            begin = self.app.changing.begin
            self._show(DoctorScreen(begin, self.app.view, self.app.look))

    def settings(self) -> None:
        """How every variable of the server stands."""
        self.app.changing.settings()

    def profiles(self) -> None:
        """Sets of values for the server, saved and worked out."""
        from ollama_top.tui.profiling import Profiling  # noqa: PLC0415 - other pages need no files

        Profiling(self.app).open()

    def passed(self) -> None:
        """What passed proxies."""
        self._show(pages.passed(self.app.view, self.app.look))

    def log(self) -> None:
        """The server's log, as it was looked at last."""
        screen = LogScreen(self.app.view, self.app.look, self._log_stand)
        self.app.push_screen(screen, lambda _: self._close_log(screen))

    def _close_log(self, screen: LogScreen) -> None:
        self._log_stand = screen.stand
        self.app.update()

    def hour(self) -> None:
        """The last hour, as it was looked at last."""
        from ollama_top.tui.screens.hour import HourScreen  # noqa: PLC0415 - few other pages need its plots

        screen = HourScreen(self.app.view, self.app.look, self._hour_stand)
        self.app.push_screen(screen, lambda _: self._close_hour(screen))

    def _close_hour(self, screen: "HourScreen") -> None:
        self._hour_stand = screen.stand
        self.app.update()

    def details(self) -> None:
        """Every value of the row under the cursor; the sources where the header is in focus."""
        table, row = self.app.main.table, self.app.main.row
        if table is None:
            self.server()
        elif row is not None:
            self._show(pages.row_details(table, row, self.app.view, self.app.look))

    def sort(self) -> None:
        """Ask for the column to sort by."""
        main = self.app.main
        if main.table is not None:
            question = pages.sort_question(main.table, main.stand.sort, self.app.look)
            self.app.push_screen(question, self._sort)

    def _sort(self, answer: str | None) -> None:
        if answer is not None:
            self.app.main.sort_by(pages.sort_key(self.app.main.table, answer))
        self.app.update()

"""The last hour over the main screen; it goes on while it is open, and stands still while it is paused.

Must never keep points of its own: they are those of the Frame.
"""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from ollama_top.columns.cell import Cell, Role
from ollama_top.tui.draw.fit import fit_line
from ollama_top.tui.draw.footer import key_line
from ollama_top.tui.draw.hour import GUTTER, columns_of, hour_lines
from ollama_top.tui.hour_keys import HOUR_KEYS
from ollama_top.tui.hourstand import Grid, HourStand, grid_of, move, to_event, zoom
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.showing import Showing
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View
from ollama_top.tui.widgets.panel import LinePanel


class HourScreen(Showing[None], inherit_bindings=False):
    """A title, the plots, and the keys."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(HOUR_KEYS)
    AUTO_FOCUS = ""
    DEFAULT_CSS = "HourScreen { overflow: hidden; }"

    def __init__(self, view: View, theme: Theme, stand: HourStand) -> None:
        super().__init__()
        self.stand = stand
        self._view = view
        self._theme = theme
        self._head, self._body, self._foot = (LinePanel(name) for name in ("head", "body", "foot"))

    def compose(self) -> ComposeResult:
        """Title, plots and keys."""
        yield from (self._head, self._body, self._foot)

    def show(self, view: View, theme: Theme) -> None:
        """Draw another state of things."""
        self._view, self._theme = view, theme
        width, height = self.app.size
        if not self.app.size:
            return
        room = max(1, height - 2)
        lines = [] if view.frame is None else hour_lines(view.frame, self.stand, (width, room))
        self._head.show([self._title(width)], theme, 1 if height > 1 else 0)
        self._body.show(lines, theme, room)
        self._foot.show([key_line(HOUR_KEYS, width)], theme, 1 if height > 2 else 0)

    def _title(self, width: int) -> tuple[Cell, ...]:
        title = f" The last {self.stand.span_s / 60:.0f} minutes"
        return fit_line([Cell(title, Role.HEADER_FOCUSED)], width, Role.HEADER_FOCUSED)

    def on_mount(self) -> None:
        """Draw before the first paint."""
        self.show(self._view, self._theme)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.show(self._view, self._theme)

    def _grid(self) -> Grid | None:
        frame = self._view.frame
        if frame is None:
            return None
        return grid_of(frame.snapshot.taken_at.timestamp(), self.stand, columns_of(self.app.size.width))

    def _stand_at(self, stand: HourStand) -> None:
        self.stand = stand
        self.show(self._view, self._theme)

    def action_move(self, by: int) -> None:
        """Move the cursor by columns."""
        grid = self._grid()
        if grid is not None:
            self._stand_at(move(self.stand, grid, by))

    def action_to_event(self, which: int) -> None:
        """Move the cursor to another event."""
        grid, frame = self._grid(), self._view.frame
        if grid is not None and frame is not None:
            self._stand_at(to_event(self.stand, grid, frame.snapshot.events, forward=which > 0))

    def action_zoom(self, by: int) -> None:
        """Draw more of the hour, or less."""
        self._stand_at(zoom(self.stand, by))

    def on_line_panel_clicked(self, event: LinePanel.Clicked) -> None:
        """Move the cursor to the column under the pointer."""
        grid = self._grid()
        if event.panel == "body" and grid is not None and event.column >= GUTTER:
            self._stand_at(move(HourStand(self.stand.span_s), grid, event.column - GUTTER - grid.columns + 1))

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

"""The last hour over the main screen; it goes on while it is open, and stands still while it is paused.

Must never keep points of its own: they are those of the Frame.
"""

from typing import ClassVar

from textual.binding import BindingType

from ollama_top.tui.draw.footer import key_line
from ollama_top.tui.draw.hour import GUTTER, columns_of, hour_lines
from ollama_top.tui.hour_keys import HOUR_KEYS
from ollama_top.tui.hourstand import Grid, HourStand, grid_of, move, to_event, zoom
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.sheet import LiveSheet, Parts, room, titled
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View
from ollama_top.tui.widgets.panel import LinePanel


class HourScreen(LiveSheet[None], inherit_bindings=False):
    """A title, the plots, and the keys."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(HOUR_KEYS)

    def __init__(self, view: View, theme: Theme, stand: HourStand) -> None:
        super().__init__(view, theme)
        self.stand = stand

    def parts(self, width: int, height: int) -> Parts:
        """The plots of the Frame."""
        frame, foot = self._view.frame, [key_line(HOUR_KEYS, width)]
        lines = [] if frame is None else hour_lines(frame, self.stand, (width, room(height, foot)))
        return Parts(titled(f"The last {self.stand.span_s / 60:.0f} minutes", width), lines, foot)

    def _grid(self) -> Grid | None:
        frame = self._view.frame
        if frame is None:
            return None
        return grid_of(frame.snapshot.taken_at.timestamp(), self.stand, columns_of(self.app.size.width))

    def _stand_at(self, stand: HourStand) -> None:
        self.stand = stand
        self.redraw()

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

"""A block of lines that sends the terminal only the lines that changed, up to where they changed.

Must never read anything but the lines it is given.
"""

from collections.abc import Sequence
from itertools import zip_longest

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ollama_top.columns.cell import Line, Role
from ollama_top.tui.draw.fit import joined, width_of
from ollama_top.tui.themes import TERMINAL, Theme


class LinePanel(Widget):
    """Draws lines of cells; one run of style for each cell."""

    DEFAULT_CSS = "LinePanel { height: 0; }"
    ALLOW_SELECT = False

    class Clicked(Message):
        """A cell of a panel was clicked."""

        def __init__(self, panel: str, column: int, line: int) -> None:
            self.panel = panel
            self.column = column
            self.line = line
            super().__init__()

    class Wheeled(Message):
        """The wheel was turned over a panel, by `steps` lines, down when positive."""

        def __init__(self, panel: str, steps: int) -> None:
            self.panel = panel
            self.steps = steps
            super().__init__()

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self._lines: Sequence[Line] = ()
        self._theme = TERMINAL

    def show(self, lines: Sequence[Line], theme: Theme, height: int) -> None:
        """Draw these lines; those that are as before cost nothing."""
        lines = tuple(map(joined, lines))
        before, self._lines = self._lines, lines
        repaint_all = theme is not self._theme
        self._theme = theme
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height
        if repaint_all:
            self.refresh()
        elif regions := changed(before, lines):
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """One line as Textual wants it."""
        if y >= len(self._lines):
            return Strip.blank(self.size.width, self._theme.style(Role.PLAIN))
        style = self._theme.style
        return Strip(
            [Segment(cell.text, style(cell.role)) for cell in self._lines[y]], width_of(self._lines[y])
        )

    def on_click(self, event: events.Click) -> None:
        """Tell the screen where it was clicked."""
        self.post_message(self.Clicked(self.name or "", event.x, event.y))

    def on_mouse_scroll_down(self) -> None:
        """Tell the screen that the wheel was turned."""
        self.post_message(self.Wheeled(self.name or "", 1))

    def on_mouse_scroll_up(self) -> None:
        """Tell the screen that the wheel was turned."""
        self.post_message(self.Wheeled(self.name or "", -1))


def changed(before: Sequence[Line], after: Sequence[Line]) -> list[Region]:
    """The parts of lines that differ; each starts at the left edge, as that is where Textual starts."""
    regions = []
    for y, (old, new) in enumerate(zip_longest(before, after, fillvalue=())):
        if old != new:
            width = max(width_of(old), width_of(new)) - _same_at_end(old, new)
            regions.append(Region(0, y, width, 1))
    return regions


def _same_at_end(old: Line, new: Line) -> int:
    if width_of(old) != width_of(new):
        return 0
    same = 0
    for one, other in zip(reversed(old), reversed(new), strict=False):
        if one != other:
            break
        same += width_of((one,))
    return same

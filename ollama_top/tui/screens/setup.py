"""The setup screen: which panels are shown, and which columns in which order; each change at once."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.binding import BindingType

from ollama_top.columns.cell import Line
from ollama_top.columns.column import Table
from ollama_top.tui.arrangement import Arrangement, moved, with_column, with_panel
from ollama_top.tui.draw.setup import Item, items, setup_lines
from ollama_top.tui.keys import SETUP_KEYS, Key
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.page import Page
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View
from ollama_top.tui.widgets.panel import LinePanel


class Setup(Page, inherit_bindings=False):
    """Items with boxes, one of them marked; `change` is told every new arrangement."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(SETUP_KEYS)
    KEYS: tuple[Key, ...] = SETUP_KEYS

    def __init__(
        self,
        tables: Sequence[Table[Any]],
        arrangement: Arrangement,
        change: Callable[[Arrangement], None],
        view: View,
        theme: Theme,
    ) -> None:
        super().__init__("Setup", self._drawn, view, theme)
        self._tables = tables
        self._arrangement = arrangement
        self._change = change
        self._marked = 0

    def _drawn(self, _: View, width: int) -> list[Line]:
        return setup_lines(self._items, self._arrangement, self._marked, width)[0]

    @property
    def _items(self) -> tuple[Item, ...]:
        return items(self._tables, self._arrangement)

    @property
    def _places(self) -> list[int]:
        """The line of each item."""
        return setup_lines(self._items, self._arrangement, self._marked, self.app.size.width)[1]

    def _mark(self, index: int) -> None:
        """Mark an item and bring it into view, its heading too."""
        self._marked = max(0, min(index, len(self._items) - 1))
        line, room = self._places[self._marked], max(1, self.app.size.height - 2)
        self._offset = max(line - room + 1, min(self._offset, line - 1 if room > 1 else line))
        self.show(self._view, self._theme)

    def _rearrange(self, arrangement: Arrangement) -> None:
        """Take an arrangement up; the mark stays on its item."""
        item = self._items[self._marked]
        self._arrangement = arrangement
        self._change(arrangement)
        self._mark(self._items.index(item))

    def action_scroll(self, by: int) -> None:
        """Mark another item; the lines follow it."""
        self._mark(self._marked + by)

    def action_change(self) -> None:
        """Show or hide the marked item."""
        item = self._items[self._marked]
        if item.table is not None:
            self._rearrange(with_column(self._arrangement, item.table, item.column))
        elif item.panel is not None:
            self._rearrange(with_panel(self._arrangement, item.panel))

    def action_shift(self, by: int) -> None:
        """Move the marked column among the columns of its table."""
        item = self._items[self._marked]
        if item.table is not None:
            self._rearrange(moved(self._arrangement, item.table, item.column, by))

    def action_reset(self) -> None:
        """All panels and all columns as at first."""
        self._rearrange(Arrangement())

    def on_line_panel_clicked(self, event: LinePanel.Clicked) -> None:
        """Mark the item under the pointer; it takes a key to change it."""
        line = self._offset + event.line
        if event.panel == "body" and line in self._places:
            self._mark(self._places.index(line))

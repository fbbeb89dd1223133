"""The main screen: it turns keys into changes of how the user looks, and asks for the lines.

Must never compute what a panel says, and never talk to a server: it asks the app.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from ollama_top.columns.column import Table
from ollama_top.tui.arrangement import Arrangement
from ollama_top.tui.draw.gpus import card_at
from ollama_top.tui.draw.screen import TABLE_OF, body_height, draw, rooms, rows_of, settled
from ollama_top.tui.keys import allowed
from ollama_top.tui.layout import FOCUSABLE, Panel
from ollama_top.tui.main_keys import MAIN_KEYS
from ollama_top.tui.prompt import Prompt, Purpose
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.showing import Showing
from ollama_top.tui.screens.typist import Typist
from ollama_top.tui.tables import Rows, Stand, find, move_to, selected
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import Looks, View
from ollama_top.tui.widgets.panel import LinePanel

NO_ROWS = Rows((), (), 0)


class MainScreen(Typist[Stand], Showing[None], inherit_bindings=False):
    """All panels, and where the user stands in them; this much a read-only user may do."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(allowed(MAIN_KEYS, read_only=True))
    AUTO_FOCUS = ""
    DEFAULT_CSS = "MainScreen { overflow: hidden; }"
    NEXT_KEYS = frozenset({"f3", "down"})

    def __init__(self, view: View, theme: Theme, looks: Looks) -> None:
        super().__init__()
        self.view = view
        self.looks = looks
        self._theme = theme
        self._panels = {panel: LinePanel(panel.value) for panel in Panel}

    def compose(self) -> ComposeResult:
        """The panels, from the top down."""
        yield from self._panels.values()

    def show(self, view: View, theme: Theme) -> None:
        """Draw another state of things."""
        self.view, self._theme = view, theme
        self._redraw()

    def on_mount(self) -> None:
        """Draw before the first paint."""
        self._redraw()

    def on_resize(self) -> None:
        """Deal the room out anew."""
        self._redraw()

    def _look(self, **changes: Any) -> None:  # noqa: ANN401 - fields of Looks
        self.looks = replace(self.looks, **changes)
        self._redraw()

    def _redraw(self) -> None:
        size = self.app.size
        if not size:
            return
        self.looks = settled(self.view, self.looks, size)
        rows = rooms(self.view, self.looks, size)
        for panel, lines in draw(self.view, self.looks, size).items():
            self._panels[panel].show(lines, self._theme, rows[panel])

    # where the user stands

    @property
    def table(self) -> Table[Any] | None:
        """The table in focus; None where the header is."""
        return TABLE_OF.get(self.looks.focus)

    @property
    def rows(self) -> Rows:
        """The rows of the table in focus, as arranged."""
        if self.view.frame is None or self.table is None:
            return NO_ROWS
        return rows_of(self.looks.focus, self.view.frame, self.looks)

    @property
    def stand(self) -> Stand:
        """How the table in focus is looked at."""
        return self.looks.stand(self.looks.focus)

    @property
    def row(self) -> Any | None:  # noqa: ANN401 - a row of any table
        """The row under the cursor."""
        return selected(self.stand, self.rows)

    def _height(self) -> int:
        size = self.app.size
        return body_height(self.looks.focus, rooms(self.view, self.looks, size), self.looks)

    def _restand(self, change: Callable[[Stand], Stand]) -> None:
        """Change how the table in focus is looked at."""
        focus = self.looks.focus
        if focus in TABLE_OF:
            self._look(stands={**self.looks.stands, focus: change(self.looks.stand(focus))})

    def _go(self, index: int) -> None:
        rows, height = self.rows, self._height()
        self._restand(lambda stand: move_to(stand, rows, index, height))

    # moving

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self._go(self.stand.index + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by pages."""
        self.action_move(by * max(1, self._height() - 1))

    def action_top(self) -> None:
        """Move to the first row."""
        self._go(0)

    def action_bottom(self) -> None:
        """Move to the last row."""
        self._go(len(self.rows.rows) - 1)

    def action_focus_step(self, by: int) -> None:
        """Take up the next panel that has room on the screen."""
        rows = rooms(self.view, self.looks, self.app.size)
        hidden = self.looks.arrangement.hidden
        ring = [each for each in FOCUSABLE if rows[each] or (self.looks.zoomed and each not in hidden)]
        at = ring.index(self.looks.focus) if self.looks.focus in ring else -by
        focus = ring[(at + by) % len(ring)]
        zoomed = self.looks.zoomed and (focus if focus in TABLE_OF else None)
        self._look(focus=focus, zoomed=zoomed)

    def on_line_panel_clicked(self, event: LinePanel.Clicked) -> None:
        """Take up the panel, and the row under the pointer."""
        panel = Panel(event.panel)
        if panel not in FOCUSABLE:
            return
        self._look(focus=panel)
        index = self._index_at(event)
        if panel in TABLE_OF and index in range(len(self.rows.rows)):
            self._go(index)

    def _index_at(self, event: LinePanel.Clicked) -> int:
        """The row at a cell of the panel in focus; -1 at its header."""
        if self.looks.focus is Panel.GPUS and self.looks.zoomed is not Panel.GPUS:
            size = (self.app.size.width, self._height())
            return card_at(event.column, event.line, len(self.rows.rows), size)
        return self.stand.offset + event.line - 1 if event.line else -1

    def on_line_panel_wheeled(self, event: LinePanel.Wheeled) -> None:
        """Move the cursor of the panel under the pointer."""
        if Panel(event.panel) in TABLE_OF:
            self._look(focus=Panel(event.panel))
            self.action_move(event.steps)

    # the table in focus

    def action_zoom(self) -> None:
        """Give the table in focus the whole screen, or take it back."""
        can_zoom = self.looks.zoomed is None and self.table is not None
        self._look(zoomed=self.looks.focus if can_zoom else None)

    def action_invert(self) -> None:
        """Turn the order round."""
        self._restand(lambda stand: replace(stand, is_inverted=not stand.is_inverted))

    def sort_by(self, key: str | None) -> None:
        """Order the table in focus by a column; None keeps the order of the Frame."""
        self._restand(lambda stand: replace(stand, sort=key))

    def rearrange(self, arrangement: Arrangement) -> None:
        """Show other panels, or other columns."""
        self._look(arrangement=arrangement)

    def action_clear(self) -> None:
        """Show all rows, and all panels."""
        self._restand(lambda stand: replace(stand, filter=""))
        self._look(zoomed=None)

    # search and filter

    def action_search(self) -> None:
        """Begin to type what to look for."""
        self._ask(Purpose.SEARCH)

    def action_filter(self) -> None:
        """Begin to type what rows must contain."""
        self._ask(Purpose.FILTER)

    def _ask(self, purpose: Purpose) -> None:
        if self.table is not None:
            before = self.stand
            text = before.filter if purpose is Purpose.FILTER else ""
            self._look(prompt=Prompt(purpose, before, text))

    def action_search_again(self) -> None:
        """Go on to the next row that the last search finds."""
        self._search(self.looks.searched, from_next=True)

    def _search(self, text: str, *, from_next: bool) -> None:
        if not text or self.table is None or self.view.frame is None:
            return
        start = self.stand.index + from_next
        found = find(self.table, self.rows, text, start, self.view.frame.snapshot.taken_at)
        if found is not None:
            self._go(found)

    @property
    def typing(self) -> Prompt[Stand] | None:
        """What is being typed, if anything is."""
        return self.looks.prompt

    def end_typing(self) -> None:
        """Stay at what was found."""
        self._look(prompt=None)

    def search_on(self, text: str) -> None:
        """Go to the next find."""
        self._search(text, from_next=True)

    def give_up_typing(self, prompt: Prompt[Stand]) -> None:
        """Take back what was typed: the rows stand as before, without a filter where that was typed."""
        before = replace(prompt.before, filter="") if prompt.purpose is Purpose.FILTER else prompt.before
        self._restand(lambda _: before)
        self._look(prompt=None)

    def follow_typing(self, prompt: Prompt[Stand]) -> None:
        """Let the table follow what was typed so far."""
        self._look(prompt=prompt)
        if prompt.purpose is Purpose.FILTER:
            self._restand(lambda stand: replace(stand, filter=prompt.text))
        else:
            self._look(searched=prompt.text)
            self._search(prompt.text, from_next=False)


class ControlScreen(MainScreen):
    """The main screen of a user who may change the server."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(tuple(key for key in MAIN_KEYS if key.writes))

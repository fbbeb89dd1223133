"""Every variable of the server, one under the cursor; and the changes that are collected before one plan.

Must never change anything itself: it collects what is wanted, and hands it to who shows the plan.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType

from ollama_top.columns.cell import Line
from ollama_top.columns.settings import SETTINGS
from ollama_top.model.setting import Setting
from ollama_top.tui.change_keys import CHANGE_KEYS, SETTINGS_KEYS
from ollama_top.tui.draw.footer import key_line, notice_lines, prompt_line
from ollama_top.tui.draw.settings import about, rows_in_view, settings_lines, title
from ollama_top.tui.keys import Key
from ollama_top.tui.prompt import HINTS, Prompt, Purpose
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.page import Page
from ollama_top.tui.screens.sheet import LiveSheet, Parts, room, titled
from ollama_top.tui.screens.typist import Typist
from ollama_top.tui.tables import Rows, Stand, arrange, find, move_to, selected, settle
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View
from ollama_top.tui.widgets.panel import LinePanel

if TYPE_CHECKING:
    from ollama_top.tui.changing import Changing

NO_ROWS = Rows((), (), 0)


class SettingsScreen(Typist[Stand], LiveSheet[None], inherit_bindings=False):
    """A title, the table with what the marked row means, and the keys; this much a read-only user may do."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(SETTINGS_KEYS)
    KEYS: tuple[Key, ...] = SETTINGS_KEYS
    NEXT_KEYS = frozenset({"f3", "down"})

    def __init__(self, changing: "Changing", view: View, theme: Theme) -> None:
        """`changing` holds what is wanted so far."""
        super().__init__(view, theme)
        self.stand = Stand()
        self._changing = changing
        self._prompt: Prompt[Stand] | None = None
        self._searched = ""

    def parts(self, width: int, height: int) -> Parts:
        """The rows that are in view, and what the marked one means."""
        foot, wanted, rows = self._foot_lines(width), self._changing.wanted, self._rows
        size = (width, room(height, foot))
        self.stand = settle(self.stand, rows, rows_in_view(rows, size[1]))
        lines = settings_lines(self._view, rows, self.stand, wanted, size)
        return Parts(titled(title(wanted), width), lines, foot)

    def _foot_lines(self, width: int) -> list[Line]:
        if self._prompt is not None:
            purpose = self._prompt.purpose
            return [prompt_line(purpose.value, self._prompt.text, HINTS[purpose], width)]
        if self._view.notice is not None:
            return notice_lines(self._view.notice, width)
        return [key_line(self.KEYS, width)]

    # where the user stands

    @property
    def _rows(self) -> Rows:
        frame = self._view.frame
        return NO_ROWS if frame is None else arrange(SETTINGS, self.stand, frame.snapshot)

    @property
    def row(self) -> Setting | None:
        """The variable under the cursor."""
        found: Setting | None = selected(self.stand, self._rows)
        return found

    def _height(self) -> int:
        return rows_in_view(self._rows, max(1, self.app.size.height - 2))

    def _go(self, index: int) -> None:
        self.stand = move_to(self.stand, self._rows, index, self._height())
        self.redraw()

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
        self._go(len(self._rows.rows) - 1)

    def on_line_panel_wheeled(self, event: LinePanel.Wheeled) -> None:
        """Move with the wheel."""
        self.action_move(event.steps)

    def on_line_panel_clicked(self, event: LinePanel.Clicked) -> None:
        """Take up the row under the pointer."""
        index = self.stand.offset + event.line - 1
        if event.panel == "body" and 0 < event.line <= self._height() and index < len(self._rows.rows):
            self._go(index)

    # what is done with a row

    def action_explain(self) -> None:
        """Open all that is known of the variable."""
        row = self.row
        if row is not None:
            page = Page(row.name, lambda _, width: [*about(row, width)], self._view, self._theme)
            self.app.push_screen(page, lambda _: self.redraw())

    # search

    def action_search(self) -> None:
        """Begin to type what to look for."""
        self._type(Prompt(Purpose.SEARCH, self.stand))

    def action_search_again(self) -> None:
        """Go on to the next row that the last search finds."""
        self._search(self._searched, self.stand.index + 1)

    def _type(self, prompt: Prompt[Stand] | None) -> None:
        self._prompt = prompt
        self.redraw()

    def _search(self, text: str, start: int) -> None:
        frame = self._view.frame
        if text and frame is not None:
            found = find(SETTINGS, self._rows, text, start, frame.snapshot.taken_at)
            if found is not None:
                self._go(found)

    @property
    def typing(self) -> Prompt[Stand] | None:
        """What is being typed, if anything is."""
        return self._prompt

    def end_typing(self) -> None:
        """Stay at what was found."""
        self._type(None)

    def search_on(self, text: str) -> None:
        """Go to the next find."""
        self._search(text, self.stand.index + 1)

    def give_up_typing(self, prompt: Prompt[Stand]) -> None:
        """Stand as before it was typed."""
        self.stand = replace(prompt.before)
        self._type(None)

    def follow_typing(self, prompt: Prompt[Stand]) -> None:
        """Go to what was typed so far."""
        self._searched = prompt.text
        self._type(prompt)
        self._search(prompt.text, self.stand.index)


class ChangeScreen(SettingsScreen, inherit_bindings=False):
    """The settings of a user who may change them."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(CHANGE_KEYS)
    KEYS = CHANGE_KEYS

    def action_change(self) -> None:
        """Ask for another value of the variable under the cursor."""
        row: Any = self.row
        if row is not None:
            self._changing.ask_value(row.name, self.redraw)

    def action_another(self) -> None:
        """Ask for a variable that is not listed, and then for its value."""
        self._changing.ask_name(self.redraw)

    def action_forget(self) -> None:
        """Leave the variable under the cursor as it is."""
        if self.row is not None:
            self._changing.forget(self.row.name)
            self.redraw()

    def action_plan(self) -> None:
        """Show what would be done."""
        self._changing.plan_wanted()

    def action_undo(self) -> None:
        """Show what would take the last change back."""
        self._changing.undo()

"""The profiles' screen: which there are, how they differ from what the server has, and one of them marked.

Must never read or write a file, or change a server: it is told, and tells who opened it.
"""

from typing import ClassVar, Protocol

from textual.binding import BindingType
from textual.message import Message

from ollama_top.columns.cell import Line
from ollama_top.config.profiles import Book
from ollama_top.control.profiles import to_change
from ollama_top.engine import profiles
from ollama_top.engine.profiles import Descriptions
from ollama_top.model.finding import Change
from ollama_top.model.frame import Snapshot
from ollama_top.model.profile import Compared
from ollama_top.tui.draw.profiles import Drawn, profiles_lines
from ollama_top.tui.keys import Key, allowed
from ollama_top.tui.profile_keys import PROFILE_KEYS
from ollama_top.tui.screens.bindings import bindings
from ollama_top.tui.screens.page import Page
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View
from ollama_top.tui.widgets.panel import LinePanel


class Owner(Protocol):
    """Who opened the screen, and does what its keys ask for."""

    @property
    def may_change(self) -> bool:
        """Whether the server may be changed from here."""

    def read(self) -> None:
        """Read the file of profiles."""

    def describe(self, snapshot: Snapshot, known: Descriptions) -> None:
        """Have the loaded models described."""

    def explain(self, found: Compared, changes: tuple[Change, ...]) -> None:
        """Show all of a profile."""

    def plan(self, changes: tuple[Change, ...]) -> None:
        """Show what would give a profile to the server."""

    def save(self, book: Book) -> None:
        """Keep what the server has."""

    def delete(self, found: Compared, book: Book) -> None:
        """Take a profile out."""


class ProfilesScreen(Page, inherit_bindings=False):
    """A list, what the marked one is about, and the keys."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(PROFILE_KEYS)
    KEYS: tuple[Key, ...] = PROFILE_KEYS

    class Described(Message):
        """What the server tells of the models that are loaded."""

        def __init__(self, descriptions: Descriptions) -> None:
            self.descriptions = descriptions
            super().__init__()

    def __init__(self, owner: Owner, view: View, theme: Theme) -> None:
        super().__init__("Profiles", self._drawn, view, theme)
        self.KEYS = allowed(PROFILE_KEYS, read_only=not owner.may_change)
        self._owner = owner
        self._book = Book()
        self._source = ""
        self._is_read = False
        self._problem: str | None = None
        self._descriptions: Descriptions = {}
        self._asked: frozenset[str] = frozenset()
        self._found: tuple[Compared, ...] = ()
        self._marked = 0
        self._wanted: str | None = None  # to be marked once it is read

    def on_mount(self) -> None:
        """Draw, and have the file read."""
        self.show(self._view, self._theme)
        self._owner.read()

    # what it is told

    def take(self, book: Book, source: str) -> None:
        """Show what the file says."""
        self._book, self._source, self._problem = book, source, None
        self._is_read = True
        self._compare()
        names = [each.profile.name for each in self._found]
        if self._wanted in names:
            self._marked, self._wanted = names.index(self._wanted), None
        self._redraw()

    def fail(self, problem: str) -> None:
        """Say why the file was not read or written; what was read before stays."""
        self._problem = problem
        self._redraw()

    def _redraw(self) -> None:
        if self.is_running:  # it may have been closed meanwhile
            self.show(self._view, self._theme)

    def mark_next(self, name: str | None) -> None:
        """Mark a profile as soon as it is read."""
        self._wanted = name

    def on_profiles_screen_described(self, message: Described) -> None:
        """Work out again what could not be before."""
        self._descriptions = {**self._descriptions, **message.descriptions}
        self._compare()
        self.show(self._view, self._theme)

    def show(self, view: View, theme: Theme) -> None:
        """Draw another state of things; a new Frame is compared with anew."""
        is_new = view.frame is not self._view.frame or (view.frame is not None and not self._found)
        self._view = view
        if is_new:
            self._compare()
        super().show(view, theme)

    def _compare(self) -> None:
        frame = self._view.frame
        if frame is None:
            return
        snapshot = frame.snapshot
        every = (
            *profiles.saved(self._book, self._source, profiles.release_of(snapshot)),
            *profiles.built_in(snapshot, self._descriptions),
        )
        self._found = tuple(profiles.compared(each, snapshot, self._descriptions) for each in every)
        self._marked = min(self._marked, len(self._found) - 1)
        loaded = profiles.loaded(snapshot)
        if loaded - self._asked:
            self._asked |= loaded
            self._owner.describe(snapshot, self._descriptions)

    # what it shows

    def _drawn(self, _: View, width: int) -> list[Line]:
        return self._draw(width).lines

    def _draw(self, width: int) -> Drawn:
        notes = [*([self._problem] if self._problem else []), *self._book.problems]
        size = (width, max(1, self.app.size.height - 2))
        return profiles_lines(self._found, self._marked, notes, size, is_read=self._is_read)

    def chosen(self) -> tuple[Compared, tuple[Change, ...]] | None:
        """The marked profile, and what it would change; None before the first look."""
        frame = self._view.frame
        if frame is None or not self._found:
            return None
        found = self._found[self._marked]
        return found, to_change(found.profile, frame.snapshot)

    # what the user asks for

    def action_scroll(self, by: int) -> None:
        """Mark another profile."""
        self._marked = max(0, min(self._marked + by, len(self._found) - 1))
        self.show(self._view, self._theme)

    def action_explain(self) -> None:
        """Show all of the marked profile."""
        chosen = self.chosen()
        if chosen is not None:
            self._owner.explain(*chosen)

    def action_plan(self) -> None:
        """Show what would give the marked profile to the server."""
        chosen = self.chosen()
        if chosen is not None:
            self._owner.plan(chosen[1])

    def action_save(self) -> None:
        """Keep what the server has under a name."""
        self._owner.save(self._book)

    def action_delete(self) -> None:
        """Delete the marked profile, once that is agreed to."""
        chosen = self.chosen()
        if chosen is not None:
            self._owner.delete(chosen[0], self._book)

    def on_line_panel_clicked(self, event: LinePanel.Clicked) -> None:
        """Mark the profile under the pointer."""
        places = {line: at for at, line in self._draw(self.app.size.width).places.items()}
        if event.panel == "body" and event.line in places:
            self._marked = places[event.line]
            self.show(self._view, self._theme)

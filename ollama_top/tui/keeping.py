"""How the user looks, kept from one run to the next.

Must never hold up the screen: files are written in a thread that nothing waits for but the end,
and that not for long.
"""

from collections.abc import Callable, Mapping
from threading import Thread
from typing import Protocol

from textual.message import Message

from ollama_top.config.kept import Kept, Order, Values, changes
from ollama_top.config.kept_file import NotKeptError
from ollama_top.tui.arrangement import HIDEABLE, Arrangement, declared, with_columns, with_panel
from ollama_top.tui.draw.screen import ALL_TABLES, TABLE_OF
from ollama_top.tui.layout import Panel
from ollama_top.tui.messages import Noticed
from ollama_top.tui.tables import Stand
from ollama_top.tui.view import Looks

LAST_WRITE_S = 1.0


class Store(Protocol):
    """Where it is kept."""

    def load(self) -> tuple[Kept, str | None]:
        """What is kept, and what is wrong with it."""
        ...

    def save(self, changed: Values) -> str | None:
        """Keep some changes; what else was done. Raises NotKeptError."""
        ...


class Keeping:
    """Keeps what changes of a user's looks; without a store it keeps nothing."""

    def __init__(self, store: Store | None = None) -> None:
        """Read what is kept; `problem` says what is wrong with it, None when nothing is."""
        self._store = store
        self.kept, self.problem = store.load() if store else (Kept(), None)
        self._saved = self._tried = self.kept
        self._thread: Thread | None = None

    def begin(self, now: Kept) -> None:
        """Take this for what is kept already: only what changes from here on is written."""
        self._saved = self._tried = now

    def follow(self, now: Kept, tell: Callable[[Message], object]) -> None:
        """Write what has changed, if anything has and nothing is being written; `tell` from any thread."""
        is_writing = self._thread is not None and self._thread.is_alive()
        if self._store is None or now == self._tried or is_writing:
            return
        self._tried = now
        if now == self._saved:
            return  # it was changed in vain, and changed back
        self._thread = Thread(target=self._write, args=(self._store, now, tell), name="kept", daemon=True)
        self._thread.start()

    def finish(self, now: Kept) -> None:
        """Write what has changed last, or was refused before; waits a moment, and no longer."""
        if self._thread is not None:
            self._thread.join(LAST_WRITE_S)
        self._tried = self._saved
        self.follow(now, lambda _: None)
        if self._thread is not None:
            self._thread.join(LAST_WRITE_S)

    def _write(self, store: Store, now: Kept, tell: Callable[[Message], object]) -> None:
        try:
            note = store.save(changes(self._saved, now))
        except NotKeptError as error:
            tell(Noticed(str(error)))  # what was not kept goes along with the next change
            return
        self._saved = now
        if note:
            tell(Noticed(note))


def kept_of(looks: Looks, theme: str) -> Kept:
    """What is worth keeping of how the user looks."""
    orders = {
        TABLE_OF[panel].name: Order(stand.sort, stand.is_inverted) for panel, stand in looks.stands.items()
    }
    return Kept(
        theme=theme,
        zoomed=looks.zoomed,
        hidden=tuple(sorted(looks.arrangement.hidden)),
        columns=looks.arrangement.columns,
        orders={name: order for name, order in orders.items() if order != Order()},
    )


def looks_of(kept: Kept) -> Looks:
    """How the user looked; names that this version does not know are passed over."""
    arrangement = _arrangement(kept)
    zoomed = next((panel for panel in TABLE_OF if panel == kept.zoomed), None)
    if zoomed is None or zoomed in arrangement.hidden:
        return Looks(stands=_stands(kept.orders), arrangement=arrangement)
    return Looks(focus=zoomed, zoomed=zoomed, stands=_stands(kept.orders), arrangement=arrangement)


def _arrangement(kept: Kept) -> Arrangement:
    arrangement = Arrangement()
    for panel in (each for each in HIDEABLE if each in kept.hidden):
        arrangement = with_panel(arrangement, panel)
    for table in ALL_TABLES:
        arrangement = with_columns(arrangement, table, kept.columns.get(table.name, ()))
    return arrangement


def _stands(orders: Mapping[str, Order]) -> dict[Panel, Stand]:
    found = {panel: orders.get(table.name, Order()) for panel, table in TABLE_OF.items()}
    return {
        panel: Stand(
            sort=order.column if order.column in declared(TABLE_OF[panel]) else None,
            is_inverted=order.is_inverted,
        )
        for panel, order in found.items()
        if order != Order()
    }

"""Which panels are shown, and which columns of each table in which order. Pure.

Must never hide all tables, nor all columns of one: what hides the last is as if it were not asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ollama_top.columns.column import Table
from ollama_top.tui.layout import TABLES, Panel

HIDEABLE: Mapping[Panel, str] = {
    Panel.HOST: "Processors, memory and load, and what the server takes of them.",
    Panel.GPUS: "A meter for each card.",
    Panel.HISTORY: "The last minutes: tokens a second, waiting, running.",
    Panel.MODELS: "Models in memory.",
    Panel.SLOTS: "What each slot of a runner does.",
    Panel.REQUESTS: "Requests in flight, one by one.",
}
"""The panels that can be done without, and what they show."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What a user chose; by default everything is as declared."""

    hidden: frozenset[Panel] = frozenset()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # keys of those shown, by table

    def shown(self, table: Table[Any]) -> tuple[str, ...]:
        """Keys of the columns that are shown, in their order."""
        return self.columns.get(table.name, declared(table))


def declared(table: Table[Any]) -> tuple[str, ...]:
    """Keys of all columns, in the order of their declaration."""
    return tuple(column.key for column in table.columns)


def arranged(table: Table[Any], arrangement: Arrangement) -> Table[Any]:
    """The table with the columns that are shown, in their order; for drawing only."""
    if table.name not in arrangement.columns:
        return table
    return replace(table, columns=tuple(table.column(key) for key in arrangement.shown(table)))


def ordered(table: Table[Any], arrangement: Arrangement) -> tuple[str, ...]:
    """Keys of all columns in the user's order; a hidden one after what it was declared after."""
    keys = list(arrangement.shown(table))
    before: str | None = None
    for key in declared(table):
        if key not in keys:
            keys.insert(keys.index(before) + 1 if before else 0, key)
        before = key
    return tuple(keys)


def is_last(arrangement: Arrangement, panel: Panel) -> bool:
    """Whether a panel is the only table that is left."""
    return panel in TABLES and not {*TABLES} - arrangement.hidden - {panel}


def with_panel(arrangement: Arrangement, panel: Panel) -> Arrangement:
    """A panel hidden, or shown again."""
    if panel not in HIDEABLE or is_last(arrangement, panel):
        return arrangement
    return replace(arrangement, hidden=arrangement.hidden ^ {panel})


def with_column(arrangement: Arrangement, table: Table[Any], key: str) -> Arrangement:
    """A column hidden, or shown again where `ordered` puts it."""
    shown = arrangement.shown(table)
    toggled = tuple(each for each in ordered(table, arrangement) if (each in shown) != (each == key))
    return with_columns(arrangement, table, toggled)


def moved(arrangement: Arrangement, table: Table[Any], key: str, by: int) -> Arrangement:
    """A shown column some places further on among those that are shown."""
    keys = list(arrangement.shown(table))
    if key not in keys:
        return arrangement
    at = keys.index(key)
    keys.insert(max(0, min(at + by, len(keys) - 1)), keys.pop(at))
    return with_columns(arrangement, table, tuple(keys))


def with_columns(arrangement: Arrangement, table: Table[Any], keys: tuple[str, ...]) -> Arrangement:
    """These columns in this order, as far as the table has them; as declared where none is left."""
    known = tuple(key for key in dict.fromkeys(keys) if key in declared(table))
    if not known:
        return arrangement
    others = {name: each for name, each in arrangement.columns.items() if name != table.name}
    chosen = {} if known == declared(table) else {table.name: known}
    return replace(arrangement, columns={**others, **chosen})

"""The whole main screen as lines, panel by panel: a pure function of a View, of Looks and of a size.

Must never decide what a panel says: it deals out the room and asks the panels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ollama_top.columns.cell import Line
from ollama_top.columns.column import Table
from ollama_top.columns.gpus import GPUS
from ollama_top.columns.models import MODELS
from ollama_top.columns.processes import PROCESSES
from ollama_top.columns.requests import REQUESTS
from ollama_top.columns.slots import SLOTS
from ollama_top.model.frame import Frame
from ollama_top.tui.arrangement import arranged
from ollama_top.tui.draw.advice import advice
from ollama_top.tui.draw.doings import doing_lines, doings_of
from ollama_top.tui.draw.footer import key_line, notice_lines, prompt_line
from ollama_top.tui.draw.gpus import gpu_meters
from ollama_top.tui.draw.header import header
from ollama_top.tui.draw.history import history
from ollama_top.tui.draw.host import host
from ollama_top.tui.draw.replay import replay_line
from ollama_top.tui.draw.table import table_lines
from ollama_top.tui.draw.verdict import verdict
from ollama_top.tui.layout import FOCUSABLE, MOST_VERDICT_LINES, TABLES, Counts, Panel, layout
from ollama_top.tui.main_keys import keys_of
from ollama_top.tui.prompt import HINTS
from ollama_top.tui.tables import Rows, Stand, arrange, settle
from ollama_top.tui.view import Looks, View

TABLE_OF: Mapping[Panel, Table[Any]] = {
    Panel.GPUS: GPUS,
    Panel.MODELS: MODELS,
    Panel.SLOTS: SLOTS,
    Panel.REQUESTS: REQUESTS,
}
HIDDEN_WHEN_EMPTY = frozenset({Panel.GPUS, Panel.SLOTS})
ALL_TABLES = (*(TABLE_OF[panel] for panel in FOCUSABLE if panel in TABLE_OF), PROCESSES)
"""Every table whose columns can be chosen, those of the main screen first."""
Drawn = Mapping[Panel, Sequence[Line]]


def rooms(view: View, looks: Looks, size: tuple[int, int]) -> Mapping[Panel, int]:
    """Rows of each panel; the page of an unreachable server takes the place of the tables."""
    width, height = size
    counts = Counts(
        doings=doings_of(view),
        verdict_lines=len(verdict(view, width, MOST_VERDICT_LINES)),
        footer_lines=_footer_height(view, looks, width),
        replay_lines=int(view.replay is not None),
        tab_lines=int(view.tabs is not None),
    )
    if view.frame is not None:
        snapshot = view.frame.snapshot
        counts = replace(
            counts, gpus=len(snapshot.gpus), models=len(snapshot.models), slots=len(snapshot.slots)
        )
    zoomed = None if is_lost(view.frame) else looks.zoomed
    rows = layout(width, height, counts, zoomed, looks.arrangement.hidden)
    if is_lost(view.frame):
        together = sum(rows[panel] for panel in TABLES)
        return {**rows, **dict.fromkeys(TABLES, 0), Panel.REQUESTS: together}
    return rows


def is_lost(frame: Frame | None) -> bool:
    """Whether the server was asked in vain, and nothing is left to show of it."""
    if frame is None or frame.snapshot.models:
        return False
    return not frame.snapshot.server.reachable and frame.snapshot.server.problem is not None


def settled(view: View, looks: Looks, size: tuple[int, int]) -> Looks:
    """The user's places after a change of Frame or size: each cursor still on its row, and in view."""
    if view.frame is None:
        return looks
    if not _can_focus(looks.focus, view.frame, looks):
        focus = next(panel for panel in FOCUSABLE if _can_focus(panel, view.frame, looks))
        looks = replace(looks, focus=focus, zoomed=None)
    rows = rooms(view, looks, size)
    stands = {
        panel: settle(looks.stand(panel), rows_of(panel, view.frame, looks), body_height(panel, rows, looks))
        for panel in TABLE_OF
    }
    return replace(looks, stands=stands)


def _can_focus(panel: Panel, frame: Frame, looks: Looks) -> bool:
    """Whether there is something of a panel to see; of the header there always is."""
    if panel in looks.arrangement.hidden:
        return False
    return panel not in HIDDEN_WHEN_EMPTY or bool(TABLE_OF[panel].rows(frame.snapshot))


def rows_of(panel: Panel, frame: Frame, looks: Looks) -> Rows:
    """The rows of a table as the user arranged them."""
    return arrange(TABLE_OF[panel], looks.stand(panel), frame.snapshot)


def body_height(panel: Panel, rows: Mapping[Panel, int], looks: Looks) -> int:
    """Rows of a table that are in view; meters have no header row."""
    return rows[panel] - (0 if panel is Panel.GPUS and looks.zoomed is not Panel.GPUS else 1)


def draw(view: View, looks: Looks, size: tuple[int, int]) -> Drawn:
    """Every panel's lines; `looks` settled."""
    width, _ = size
    rows = rooms(view, looks, size)
    drawn: dict[Panel, Sequence[Line]] = {
        Panel.TABS: _tabs(view, width),
        Panel.HEADER: [header(view, width, is_focused=looks.focus is Panel.HEADER)],
        Panel.REPLAY: [replay_line(view.replay, width)] if view.replay else [],
        Panel.VERDICT: verdict(view, width, rows[Panel.VERDICT]),
        Panel.HOST: [host(view, width)],
        Panel.HISTORY: history(view, width, rows[Panel.HISTORY]),
        Panel.DOINGS: doing_lines(view, width, rows[Panel.DOINGS]),
        Panel.FOOTER: _footer(view, looks, width),
    }
    if is_lost(view.frame):
        drawn[Panel.GPUS] = _meters(view, looks, width, rows)
        drawn[Panel.REQUESTS] = _advice(view, width)[: rows[Panel.REQUESTS]]
        return _cut(drawn, rows)
    for panel in TABLE_OF:
        is_meters = panel is Panel.GPUS and looks.zoomed is not Panel.GPUS
        drawn[panel] = (
            _meters(view, looks, width, rows) if is_meters else _table(panel, view, looks, width, rows)
        )
    return _cut(drawn, rows)


def _tabs(view: View, width: int) -> list[Line]:
    if view.tabs is None:
        return []
    from ollama_top.tui.draw.tabs import tabs_line  # noqa: PLC0415 - few watch several hosts

    return [tabs_line(view.tabs, width)]


def _cut(drawn: Mapping[Panel, Sequence[Line]], rows: Mapping[Panel, int]) -> Drawn:
    return {panel: drawn.get(panel, ())[: rows[panel]] for panel in Panel}


def _table(panel: Panel, view: View, looks: Looks, width: int, rows: Mapping[Panel, int]) -> list[Line]:
    if view.frame is None:
        return []
    found = rows_of(panel, view.frame, looks)
    table, is_focused = arranged(TABLE_OF[panel], looks.arrangement), looks.focus is panel
    return table_lines(table, found, looks.stand(panel), view, (width, rows[panel]), is_focused=is_focused)


def _meters(view: View, looks: Looks, width: int, rows: Mapping[Panel, int]) -> list[Line]:
    stand: Stand | None = looks.stand(Panel.GPUS) if looks.focus is Panel.GPUS else None
    return gpu_meters(view, width, rows[Panel.GPUS], stand)


def _advice(view: View, width: int) -> list[Line]:
    assert view.frame is not None  # noqa: S101 - asked for only with a Frame
    return advice(view.frame.snapshot.server, width, offers_demo=view.offers_demo)


def _footer_height(view: View, looks: Looks, width: int) -> int:
    """Only a notice may need more than one line."""
    is_notice = view.notice is not None and looks.prompt is None
    return len(_footer(view, looks, width)) if is_notice else 1


def _footer(view: View, looks: Looks, width: int) -> list[Line]:
    if looks.prompt is not None:
        return [
            prompt_line(looks.prompt.purpose.value, looks.prompt.text, HINTS[looks.prompt.purpose], width)
        ]
    if view.notice is not None:
        return notice_lines(view.notice, width)
    return [key_line(keys_of(view), width, filter_text=looks.stand(looks.focus).filter)]

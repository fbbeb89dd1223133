"""How many rows each panel gets. Pure: a size and counts in, rows out.

Must never depend on what changes from look to look, such as the number of requests, or the
panels would jump.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum


class Panel(StrEnum):
    """The parts of the screen, from the top down."""

    TABS = "tabs"
    HEADER = "header"
    REPLAY = "replay"
    VERDICT = "verdict"
    HOST = "host"
    GPUS = "gpus"
    HISTORY = "history"
    MODELS = "models"
    SLOTS = "slots"
    REQUESTS = "requests"
    DOINGS = "doings"
    FOOTER = "footer"


TABLES = (Panel.MODELS, Panel.SLOTS, Panel.REQUESTS)
FOCUSABLE = (*TABLES, Panel.GPUS, Panel.HEADER)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a Frame has to show, as far as the layout minds it."""

    gpus: int = 0
    models: int = 0
    slots: int = 0
    doings: int = 0
    verdict_lines: int = 1
    footer_lines: int = 1
    replay_lines: int = 0
    tab_lines: int = 0


MOST_VERDICT_LINES = 2
TALL = 30  # from here on there is room to say more of what is being done
GPU_WIDTH = 38  # the least width of a card in the compact form


def layout(
    width: int, height: int, counts: Counts, zoomed: Panel | None, hidden: Set[Panel] = frozenset()
) -> Mapping[Panel, int]:
    """Rows of each panel, `height` in all; 0 for a panel that has no room or is hidden.

    `hidden` leaves one of `TABLES` at the least.
    """
    rows = dict.fromkeys(Panel, 0)
    left = height
    for panel, wanted, from_height in _fixed(width, height, counts, zoomed):
        if height >= from_height and panel not in hidden:
            rows[panel] = min(wanted, left)
            left -= rows[panel]
    if zoomed is not None:
        rows[zoomed] += left
    else:
        rows.update(_tables(left, counts, hidden))
    return rows


def _fixed(
    width: int, height: int, counts: Counts, zoomed: Panel | None
) -> tuple[tuple[Panel, int, int], ...]:
    """Panels of a given height: how many rows, and from which height of the screen on."""
    always = (
        (Panel.VERDICT, min(counts.verdict_lines, MOST_VERDICT_LINES if height >= 16 else 1), 1),
        (Panel.HEADER, 1, 3),
        (Panel.REPLAY, counts.replay_lines, 4),
        (Panel.TABS, counts.tab_lines, 4),
        (Panel.FOOTER, min(counts.footer_lines, 3 if height >= TALL else 2), 8),
        (Panel.DOINGS, min(counts.doings, 3 if height >= TALL else 1), 8),
    )
    if zoomed is not None:
        return always
    return (
        *always,
        (Panel.GPUS, gpu_lines(width, height, counts.gpus), 12),
        (Panel.HOST, 1, 20),
        (Panel.HISTORY, _history_lines(width, height), 14),
    )


def gpu_lines(width: int, height: int, gpus: int) -> int:
    """One line a card while that leaves room; else as many as the compact form needs, cut at a third."""
    if gpus <= height // 6:
        return gpus
    per_line = max(1, width // GPU_WIDTH)
    return min(-(-gpus // per_line), height // 3)


def _history_lines(width: int, height: int) -> int:
    """One line of sparks; plots where there is height to spare."""
    if width < 100 or height < 34:
        return 1
    return min(8, 4 + (height - 34) // 4)


def _tables(left: int, counts: Counts, hidden: Set[Panel]) -> Mapping[Panel, int]:
    """What they need for models and slots, and for the last table the rest, a third at the least."""
    *others, last = (panel for panel in TABLES if panel not in hidden)
    if left < 6:
        return {last: left}
    reserved = max(3, left // 3)
    wanted = 1 + max(1, counts.models) if Panel.MODELS in others else 0
    models = min(wanted, max(2, (left - reserved) // 2))
    slots = min(1 + counts.slots, left - reserved - models) if counts.slots and Panel.SLOTS in others else 0
    if slots < 2:
        slots = 0
    spare = left - reserved - models - slots
    models = min(wanted, models + spare)
    return {Panel.MODELS: models, Panel.SLOTS: slots, last: left - models - slots}

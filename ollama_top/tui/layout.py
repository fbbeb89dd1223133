"""How many rows each panel gets. Pure: a size and counts in, rows out.

Must never depend on what changes from look to look, such as the number of requests, or the
panels would jump.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Panel(StrEnum):
    """The parts of the screen, from the top down."""

    HEADER = "header"
    VERDICT = "verdict"
    HOST = "host"
    GPUS = "gpus"
    HISTORY = "history"
    MODELS = "models"
    SLOTS = "slots"
    REQUESTS = "requests"
    FOOTER = "footer"


TABLES = (Panel.MODELS, Panel.SLOTS, Panel.REQUESTS)
FOCUSABLE = (*TABLES, Panel.GPUS, Panel.HEADER)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a Frame has to show, as far as the layout minds it."""

    gpus: int = 0
    models: int = 0
    slots: int = 0
    verdict_lines: int = 1


MOST_VERDICT_LINES = 2
GPU_WIDTH = 38  # the least width of a card in the compact form


def layout(width: int, height: int, counts: Counts, zoomed: Panel | None) -> Mapping[Panel, int]:
    """Rows of each panel, `height` in all; 0 for a panel that has no room."""
    rows = dict.fromkeys(Panel, 0)
    left = height
    for panel, wanted, from_height in _fixed(width, height, counts, zoomed):
        if height >= from_height:
            rows[panel] = min(wanted, left)
            left -= rows[panel]
    if zoomed is not None:
        rows[zoomed] += left
    else:
        rows.update(_tables(left, counts))
    return rows


def _fixed(
    width: int, height: int, counts: Counts, zoomed: Panel | None
) -> tuple[tuple[Panel, int, int], ...]:
    """Panels of a given height: how many rows, and from which height of the screen on."""
    always = (
        (Panel.VERDICT, min(counts.verdict_lines, MOST_VERDICT_LINES if height >= 16 else 1), 1),
        (Panel.HEADER, 1, 3),
        (Panel.FOOTER, 1, 8),
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


def _tables(left: int, counts: Counts) -> Mapping[Panel, int]:
    """A third for the requests at the least, what they need for models and slots, the rest for requests."""
    if left < 6:
        return {Panel.REQUESTS: left}
    reserved = max(3, left // 3)
    models = min(1 + max(1, counts.models), max(2, (left - reserved) // 2))
    slots = min(1 + counts.slots if counts.slots else 0, left - reserved - models)
    if slots < 2:
        slots = 0
    spare = left - reserved - models - slots
    models = min(1 + max(1, counts.models), models + spare)
    return {Panel.MODELS: models, Panel.SLOTS: slots, Panel.REQUESTS: left - models - slots}

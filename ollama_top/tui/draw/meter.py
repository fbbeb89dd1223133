"""A bar for a share of something, with its empty part."""

from ollama_top.columns.cell import Cell, Role
from ollama_top.tui.plots import bar

NEARLY_FULL = 0.95


def meter(share: float | None, width: int) -> tuple[Cell, ...]:
    """A bar of `width` cells; blank where the share, 0 to 1, is not known."""
    if share is None:
        return (Cell(" " * width),)
    filled, empty = bar(share, width)
    return (Cell(filled, Role.GAUGE_HIGH if share >= NEARLY_FULL else Role.GAUGE), Cell(empty, Role.TRACK))

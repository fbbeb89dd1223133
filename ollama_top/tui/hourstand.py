"""Where a user stands in the last hour: how much of it is drawn, and the moment under the cursor. Pure.

Columns stand for fixed times of day: the plots move by a whole column now and then, and not at every look.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor

from ollama_top.model.curve import Curve
from ollama_top.model.event import Event
from ollama_top.model.hour import Hour

SPANS_S = (600.0, 1800.0, 3600.0)


@dataclass(frozen=True, slots=True)
class HourStand:
    """How the hour is looked at."""

    span_s: float = SPANS_S[-1]
    cursor_s: float | None = None  # a moment, in seconds since 1970; None stays with the newest


@dataclass(frozen=True, slots=True)
class Grid:
    """Which time each column stands for."""

    begin: int  # number of the first column, counted in steps since 1970
    columns: int
    step_s: float

    def column(self, at_s: float) -> int | None:
        """The column of a moment; None where it is not drawn."""
        column = floor(at_s / self.step_s) - self.begin
        return column if 0 <= column < self.columns else None

    def begin_s(self, column: int) -> float:
        """When the time of a column begins."""
        return (self.begin + column) * self.step_s

    def halves(self) -> "Grid":
        """The same time in twice as many columns."""
        return Grid(2 * self.begin, 2 * self.columns, self.step_s / 2)


def grid_of(now_s: float, stand: HourStand, columns: int) -> Grid:
    """The columns that end with a moment."""
    step_s = stand.span_s / columns
    newest = floor(now_s / step_s)
    return Grid(newest - columns + 1, columns, step_s)


def gathered(hour: Hour, curve: Curve, grid: Grid) -> list[list[float]]:
    """The values of each column; none where nothing is known of its time."""
    found: list[list[float]] = [[] for _ in range(grid.columns)]
    for at_s, value in zip(hour.at_s, curve, strict=True):
        column = None if at_s is None or value is None else grid.column(at_s)
        if column is not None and value is not None:
            found[column].append(value)
    return found


def cursor_of(stand: HourStand, grid: Grid) -> int:
    """The column under the cursor; a moment that is drawn no more is at the edge."""
    if stand.cursor_s is None:
        return grid.columns - 1
    column = grid.column(stand.cursor_s)
    if column is not None:
        return column
    return 0 if stand.cursor_s < grid.begin_s(0) else grid.columns - 1


def move(stand: HourStand, grid: Grid, columns: int) -> HourStand:
    """The cursor moved by columns; at the right edge it stays with the newest."""
    column = max(0, cursor_of(stand, grid) + columns)
    if column >= grid.columns - 1:
        return replace(stand, cursor_s=None)
    return replace(stand, cursor_s=grid.begin_s(column) + grid.step_s / 2)


def to_event(stand: HourStand, grid: Grid, events: Sequence[Event], *, forward: bool) -> HourStand:
    """The cursor at the next event that is in another column, or at the one before."""
    here = cursor_of(stand, grid)
    times_s = [each.at.timestamp() for each in events]
    drawn = sorted(each for each in times_s if grid.column(each) is not None)
    if forward:
        found = [each for each in drawn if grid.begin_s(here + 1) <= each][:1]
    else:
        found = [each for each in drawn if each < grid.begin_s(here)][-1:]
    return replace(stand, cursor_s=found[0]) if found else stand


def zoom(stand: HourStand, by: int) -> HourStand:
    """More of the hour, or less."""
    at = SPANS_S.index(stand.span_s) + by
    return replace(stand, span_s=SPANS_S[max(0, min(at, len(SPANS_S) - 1))])

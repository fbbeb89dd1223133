"""The line of a replay: that it is one, which moment is shown, and where in the recording that lies."""

from typing import TYPE_CHECKING

from ollama_top.columns import formats
from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.model.verdict import Severity
from ollama_top.tui.draw.fit import fit_line, width_of

if TYPE_CHECKING:
    from ollama_top.record.replay import ReplayStand

SEVERITIES = tuple(Severity)
ROLES = {
    Severity.OK: Role.GAUGE,
    Severity.INFO: Role.GAUGE,
    Severity.WARNING: Role.WARNING,
    Severity.ERROR: Role.ERROR,
}
TRACK, HERE = "─", "●"
LEAST_BAR = 8


def replay_line(stand: "ReplayStand", width: int) -> Line:
    """The moment, how it plays, and the bar of all Frames, coloured where the verdict is bad."""
    head, tail = _head(stand), _tail(stand)
    room = width - width_of(head) - width_of(tail)
    if room < LEAST_BAR:
        return fit_line((*head, *tail), width)
    return fit_line((*head, *bar(stand, room), *tail), width)


def number_at(stand: "ReplayStand", width: int, column: int) -> int | None:
    """The Frame that a column of the line stands for; None beside the bar."""
    begin = width_of(_head(stand))
    room = width - begin - width_of(_tail(stand))
    inside = room >= LEAST_BAR and begin <= column < begin + room
    return round((column - begin) * (stand.count - 1) / (room - 1)) if inside else None


def _head(stand: "ReplayStand") -> Line:
    badge = Cell(f" REPLAY {stand.at.astimezone():%a %d %b %H:%M:%S} ", Role.BADGE)
    how = Cell(f" {'▶' if stand.is_playing else '‖'} {stand.speed:g}x ", Role.STRONG)
    return (Cell(" "), badge, how)


def _tail(stand: "ReplayStand") -> Line:
    left_s = (stand.end - stand.at).total_seconds()
    return (Cell(f" {stand.number + 1}/{stand.count}  {formats.span(left_s)} left ", Role.FAINT),)


def bar(stand: "ReplayStand", width: int) -> Line:
    """One character for as many Frames as it takes; the worst of them gives it its colour."""
    here = place(stand.number, stand.count, width)
    cells = []
    for column in range(width):
        begin, end = first_of(column, stand.count, width), first_of(column + 1, stand.count, width)
        worst = SEVERITIES[max(stand.severities[begin : max(begin + 1, end)] or b"\0")]
        is_here = column == here
        cells.append(Cell(HERE if is_here else TRACK, Role.STRONG if is_here else ROLES[worst]))
    return tuple(cells)


def place(number: int, count: int, width: int) -> int:
    """The column of a Frame."""
    return number * (width - 1) // max(1, count - 1)


def first_of(column: int, count: int, width: int) -> int:
    """The first Frame of a column."""
    return min(count, -(-column * (count - 1) // max(1, width - 1)))

"""The last hour as plots over one line of time, with a cursor and what happened. Pure.

Must never draw a value where there was none: of a time that nothing tells of, the plots are empty.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import floor

from ollama_top.columns import formats
from ollama_top.columns.cell import UNKNOWN, Cell, Line, Role
from ollama_top.columns.column import Align
from ollama_top.engine.assemble_log import MOST_EVENTS
from ollama_top.model.curve import Curve
from ollama_top.model.event import Event
from ollama_top.model.frame import Frame, Snapshot
from ollama_top.model.history import MARKED
from ollama_top.model.hour import Hour
from ollama_top.model.reading import Known
from ollama_top.tui.draw.fit import fit, fit_line
from ollama_top.tui.draw.history import MARKS
from ollama_top.tui.hourstand import Grid, HourStand, cursor_of, gathered, grid_of
from ollama_top.tui.plots import braille

GUTTER = 16
LEAST_ROWS, MOST_ROWS = 2, 8  # of a plot
TOLD_ROWS = 2  # of what happened at the cursor
CURSOR = Cell("│", Role.CURSOR)
FORGOTTEN = Cell("┈", Role.FAINT)  # what happened then is told no more
TICK_MINUTES = {600.0: 2, 1800.0: 5, 3600.0: 10}
NONE_TOLD = "nothing tells it"

Join = Callable[[Sequence[float]], float]


def mean(values: Sequence[float]) -> float:
    """What a column shows of a rate."""
    return sum(values) / len(values)


@dataclass(frozen=True, slots=True)
class Plot:
    """One curve: where it comes from, how the values of a column become one, and how it is told."""

    label: str
    curve: Callable[[Hour], Curve]
    join: Join
    told: Callable[[float], str]
    top: Callable[[Snapshot], float | None] = lambda _: None  # a limit that is known
    why_empty: str = NONE_TOLD


def _vram(snapshot: Snapshot) -> float | None:
    totals = [each.memory_total_bytes for each in snapshot.gpus]
    known = [each.value for each in totals if isinstance(each, Known)]
    return float(sum(known)) if known and len(known) == len(totals) else None


def _full(_: Snapshot) -> float:
    return 100.0


NO_GPU, NO_PROXY = "no GPU tells its load", "only a proxy tells it"
PLOTS = (
    Plot("waiting", lambda hour: hour.waiting, max, formats.count),
    Plot("running", lambda hour: hour.running, max, formats.count),
    Plot("tok/s", lambda hour: hour.tokens_per_s, mean, formats.rate),
    Plot("VRAM", lambda hour: hour.vram_bytes, max, formats.size, _vram),
    Plot("GPU", lambda hour: hour.gpu_percent, mean, formats.percent, _full, NO_GPU),
    Plot("TTFT p95", lambda hour: hour.ttft_p95_s, max, formats.age, why_empty=NO_PROXY),
    Plot("TTFT p50", lambda hour: hour.ttft_p50_s, mean, formats.age, why_empty=NO_PROXY),
    Plot("GPU most", lambda hour: hour.gpu_busiest_percent, max, formats.percent, _full, NO_GPU),
)
"""All plots; where there is no room for all, the first ones."""


def columns_of(width: int) -> int:
    """How many columns there are for plots."""
    return max(1, width - GUTTER)


def hour_lines(frame: Frame, stand: HourStand, size: tuple[int, int]) -> list[Line]:
    """As many lines as `size` asks for."""
    width, height = size
    grid = grid_of(frame.snapshot.taken_at.timestamp(), stand, columns_of(width))
    here = cursor_of(stand, grid)
    plots, rows = _dealt(height - 2 - TOLD_ROWS)
    lines = [line for each in plots for line in _plot(each, frame, grid, here, rows)]
    lines += [_events(frame, grid, here, width), _times(grid, stand, width)]
    lines += _told(frame, grid, here, width)
    return [fit_line(line, width) for line in lines[:height]]


def _dealt(room: int) -> tuple[tuple[Plot, ...], int]:
    """The plots that have room, and the rows of each."""
    many = max(1, min(len(PLOTS) - 2 if room < 3 * len(PLOTS) else len(PLOTS), room // LEAST_ROWS))
    return PLOTS[:many], max(1, min(MOST_ROWS, room // many))


def _plot(plot: Plot, frame: Frame, grid: Grid, here: int, rows: int) -> list[Line]:
    """A curve with its name, its axis, and its value at the cursor."""
    curve = plot.curve(frame.hour)
    halves = [plot.join(each) if each else None for each in gathered(frame.hour, curve, grid.halves())]
    known = [each for each in halves if each is not None]
    if not known:
        empty = [(Cell(f" {plot.why_empty}", Role.FAINT),), *[()] * (rows - 1)]
        return _beside(_gutters(plot, UNKNOWN, ("", ""), rows), empty)
    values = gathered(frame.hour, curve, grid)[here]
    at_cursor = Cell(plot.told(plot.join(values)), Role.STRONG) if values else UNKNOWN
    top = plot.top(frame.snapshot) or max(known) or 1.0
    drawn = [_with_cursor(text, here) for text in braille(tuple(halves), grid.columns, rows, top)]
    return _beside(_gutters(plot, at_cursor, (plot.told(top), "0"), rows), drawn)


def _beside(gutters: Sequence[Line], drawn: Sequence[Line]) -> list[Line]:
    return [(*gutter, *line) for gutter, line in zip(gutters, drawn, strict=True)]


def _gutters(plot: Plot, at_cursor: Cell, ends: tuple[str, str], rows: int) -> list[Line]:
    """What stands left of a plot: its name, below it the value at the cursor; greatest value, and zero."""
    blank = [""] * max(0, rows - 2)
    marks = [ends[0], *blank, ends[1]][:rows]
    names = [Cell(f" {plot.label}", Role.FAINT), fit(at_cursor, 9, Align.RIGHT), *map(Cell, blank)][:rows]
    return [(fit(name, 10), Cell(f"{mark:>5}▕", Role.FAINT)) for name, mark in zip(names, marks, strict=True)]


def _with_cursor(text: str, here: int) -> Line:
    at_cursor = CURSOR if text[here] == " " else Cell(text[here], Role.CURSOR)
    return (Cell(text[:here], Role.GAUGE), at_cursor, Cell(text[here + 1 :], Role.GAUGE))


def _events(frame: Frame, grid: Grid, here: int, width: int) -> Line:
    """The signs of what happened, each in its column; of several the one that matters most."""
    signs: dict[int, Cell] = {}
    for kind in MARKED:  # the later matter more
        for each in frame.snapshot.events:
            column = grid.column(each.at.timestamp()) if each.kind is kind else None
            if column is not None:
                signs[column] = MARKS[kind]
    since = _known_since(frame.snapshot, grid)
    cells = [signs.get(column, FORGOTTEN if column < since else Cell(" ")) for column in range(grid.columns)]
    if here not in signs:
        cells[here] = CURSOR
    if here in signs:
        cells[here] = Cell(signs[here].text, Role.CURSOR)
    return fit_line((fit(Cell(" events", Role.FAINT), GUTTER), *cells), width)


def _known_since(snapshot: Snapshot, grid: Grid) -> int:
    """The first column of which all events are told: of too many the oldest are forgotten."""
    if len(snapshot.events) < MOST_EVENTS:
        return 0
    return floor(snapshot.events[0].at.timestamp() / grid.step_s) - grid.begin


def _times(grid: Grid, stand: HourStand, width: int) -> Line:
    """The time of day along the lower edge, as often as there is room to read it whole."""
    step = TICK_MINUTES[stand.span_s]
    text = [" "] * grid.columns
    free_from = 0
    for column in range(grid.columns):
        begin, end = (_clock(grid.begin_s(each)) for each in (column, column + 1))
        if (end.hour * 60 + end.minute) // step != (begin.hour * 60 + begin.minute) // step:
            shown = f"╷{end:%H:%M}" if end.minute % step == 0 else ""
            if shown and free_from <= column and column + 1 + len(shown) < grid.columns:
                text[column + 1 : column + 1 + len(shown)] = shown
                free_from = column + 1 + len(shown)
    return fit_line((fit(Cell(" time", Role.FAINT), GUTTER), Cell("".join(text), Role.FAINT)), width)


def _told(frame: Frame, grid: Grid, here: int, width: int) -> list[Line]:
    """The moment of the cursor, and what happened then."""
    at = _clock(grid.begin_s(here))
    ago_s = frame.snapshot.taken_at.timestamp() - grid.begin_s(here)
    when = Cell(f" {at:%H:%M:%S} +{formats.age(grid.step_s)} ", Role.STRONG)
    then = [each for each in frame.snapshot.events if grid.column(each.at.timestamp()) == here]
    lines = [_event(each) for each in then[-TOLD_ROWS:]] or [
        (Cell("nothing happened that is known", Role.FAINT),)
    ]
    if len(then) > TOLD_ROWS:
        lines[0] = (*lines[0], Cell(f"  and {len(then) - TOLD_ROWS} more", Role.FAINT))
    ago = Cell(f" {formats.span(ago_s)} ago", Role.FAINT)
    heads = [fit(when, GUTTER), *[fit(ago, GUTTER)] * (TOLD_ROWS - 1)]
    lines += [()] * (TOLD_ROWS - len(lines))
    return [fit_line((head, *line), width) for head, line in zip(heads, lines, strict=True)]


def _event(event: Event) -> Line:
    sign = MARKS.get(event.kind, Cell("·", Role.FAINT))
    about = f"{event.model.value}: " if isinstance(event.model, Known) else ""
    many = f" ({event.count} times)" if event.count > 1 else ""
    return (sign, Cell(f" {event.at.astimezone():%H:%M:%S} {about}{event.text}{many}"))


def _clock(at_s: float) -> datetime:
    return datetime.fromtimestamp(at_s, UTC).astimezone()

"""The graphics cards as meters: one line a card, or several to a line where there are many."""

from collections.abc import Iterable

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.columns.column import Align
from ollama_top.columns.gpus import GPUS, is_slowed, memory_share, slowed
from ollama_top.model.frame import Frame
from ollama_top.model.gpu import Gpu
from ollama_top.model.history import Series
from ollama_top.model.reading import Known
from ollama_top.tui.draw.fit import fit, fit_line, marked, whole, width_of
from ollama_top.tui.draw.meter import meter
from ollama_top.tui.layout import GPU_WIDTH
from ollama_top.tui.plots import spark
from ollama_top.tui.tables import Stand, arrange
from ollama_top.tui.view import View, is_stale

SPARK_WIDEST = 60
FULL_WIDTH = 72  # narrower, a card is drawn in its compact form
SLOWED_WIDTH = 6
TEMPERATURE_WIDTH = 5
HELD_BY_LEAST = 20
_FACTS = 33  # memory, utilisation, temperature and power with their gaps


def gpu_meters(view: View, width: int, height: int, stand: Stand | None) -> list[Line]:
    """The cards in `height` lines; `stand` where the cursor is among them."""
    if view.frame is None or height < 1:
        return []
    rows = arrange(GPUS, stand or Stand(), view.frame.snapshot).rows
    per_line = _per_line(len(rows), width, height)
    places = _places(rows, view.frame, width // per_line, per_line * height)
    old = [is_stale(view, each.vendor.value) for each in rows[: len(places)]]
    cursor = stand.index if stand else None
    places = [marked(place, is_cursor=at == cursor, is_stale=old[at]) for at, place in enumerate(places)]
    groups = [places[at : at + per_line] for at in range(0, len(places), per_line)]
    return [fit_line([cell for place in group for cell in place], width) for group in groups]


def card_at(column: int, line: int, cards: int, size: tuple[int, int]) -> int:
    """Which card stands at a cell of the meters, `size` being their width and height."""
    per_line = _per_line(cards, *size)
    return line * per_line + min(per_line - 1, column // max(1, size[0] // per_line))


def _per_line(cards: int, width: int, height: int) -> int:
    return 1 if cards <= height else max(1, width // GPU_WIDTH)


def _line(gpu: Gpu, frame: Frame, width: int) -> Line:
    if width < FULL_WIDTH:
        return _short(gpu, frame, width)
    name_width = 14 if width < 100 else 20
    head = (*_index(gpu, frame), _column("name", gpu, frame, name_width), Cell(" "))
    if gpu.problem is not None:
        return fit_line((*head, Cell(gpu.problem, Role.ERROR)), width)
    word = _slowed(gpu, frame)
    room = width - 4 - name_width - _FACTS - 2 - width_of(word)
    bar_width = max(6, min(40, room // 2))
    drawn = spark(_series(gpu, frame), max(0, min(SPARK_WIDEST, room - bar_width)), 100)
    plot = (Cell(" "), Cell(drawn, Role.GAUGE))
    line = [head, meter(memory_share(gpu), bar_width), *_facts(gpu, frame), word, plot]
    return fit_line(
        [*whole(line, min(width, _width(line))), *_held_by(gpu, frame, width - _width(line))], width
    )


def _slowed(gpu: Gpu, frame: Frame) -> Line:
    """Why a card is slower than it could be; beside others that are not, room is kept."""
    if not any(map(is_slowed, frame.snapshot.gpus)):
        return ()
    cell = slowed(gpu, frame.snapshot.taken_at) if is_slowed(gpu) else Cell("")
    return (fit(cell, SLOWED_WIDTH), Cell(" "))


def _held_by(gpu: Gpu, frame: Frame, room: int) -> Line:
    """Who holds the card's memory, where a wide line has room left."""
    if room < HELD_BY_LEAST or not isinstance(gpu.processes, Known):
        return ()
    cell = GPUS.column("processes").cell(gpu, frame.snapshot.taken_at)
    return (Cell("  "), fit(Cell(cell.text, Role.FAINT), room - 2))


def _width(parts: Iterable[Line]) -> int:
    return sum(map(width_of, parts))


def _places(rows: tuple[Gpu, ...], frame: Frame, width: int, most: int) -> list[Line]:
    """A card to a place, `most` at the most; the last place tells of those left out."""
    places = [_line(gpu, frame, width) for gpu in rows[:most]]
    left_out = len(rows) - len(places)
    if left_out:
        places[-1] = fit_line([Cell(f" and {left_out + 1} more", Role.FAINT)], width)
    return places


def _short(gpu: Gpu, frame: Frame, width: int) -> Line:
    head = _index(gpu, frame)
    if gpu.problem is not None:
        return fit_line((*head, Cell(gpu.problem, Role.ERROR)), width)
    bar = meter(memory_share(gpu), max(4, width - 4 - 24))
    memory, load, heat, _ = _facts(gpu, frame)
    return whole([head, bar, memory, load, _slowed_short(gpu, frame) or heat], width)


def _slowed_short(gpu: Gpu, frame: Frame) -> tuple[Cell, ...]:
    """Why a card is slowed, in the place of its temperature."""
    cell = slowed(gpu, frame.snapshot.taken_at)
    return (fit(cell, TEMPERATURE_WIDTH, Align.RIGHT), Cell(" ")) if is_slowed(gpu) else ()


def _index(gpu: Gpu, frame: Frame) -> tuple[Cell, ...]:
    return (Cell(" "), _column("index", gpu, frame, 2), Cell(" "))


def _facts(gpu: Gpu, frame: Frame) -> list[tuple[Cell, ...]]:
    widths = {"memory": 11, "utilization_percent": 5, "temperature_celsius": TEMPERATURE_WIDTH, "power_w": 6}
    return [(_column(key, gpu, frame, wide), Cell(" ")) for key, wide in widths.items()]


def _column(key: str, gpu: Gpu, frame: Frame, width: int) -> Cell:
    column = GPUS.column(key)
    align = Align.LEFT if key == "name" else Align.RIGHT
    return fit(column.cell(gpu, frame.snapshot.taken_at), width, align)


def _series(gpu: Gpu, frame: Frame) -> Series:
    return frame.history.gpu_percent(gpu.identity)

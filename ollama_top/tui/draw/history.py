"""The last minutes: tokens per second, requests waiting and running, as sparks or as plots."""

from dataclasses import dataclass

from ollama_top.columns import formats
from ollama_top.columns.cell import UNKNOWN, WORKED_OUT, Cell, Line, Role, shown
from ollama_top.columns.column import Align
from ollama_top.model.event import EventKind
from ollama_top.model.frame import Frame
from ollama_top.model.history import MARKED, Marks, Series
from ollama_top.model.queue import Precision
from ollama_top.model.reading import Known, Missing
from ollama_top.tui.draw.fit import fit, fit_line, whole
from ollama_top.tui.plots import braille, spark, top_of
from ollama_top.tui.view import View, is_stale

SPARK_WIDEST = 40
WIDE = 100  # from here on every curve has its spark
NUMBER_WIDTH = 5
AFTER_WIDTH = 14
PLOT_WIDEST = 60


MARKS = {
    EventKind.LOAD: Cell("L", Role.NOTICE),
    EventKind.UNLOADED: Cell("U", Role.NOTICE),
    EventKind.SETTINGS: Cell("S", Role.NOTICE),
    EventKind.EVICTED: Cell("E", Role.WARNING),
    EventKind.RESTART: Cell("R", Role.WARNING),
    EventKind.BUSY_503: Cell("!", Role.ERROR),
    EventKind.ERROR: Cell("x", Role.ERROR),
    EventKind.OUT_OF_MEMORY: Cell("M", Role.ERROR),
}
"""The signs of events on the first curve; help tells them from here."""

CALM = frozenset({EventKind.LOAD, EventKind.UNLOADED})  # not marked where a point is all there is


@dataclass(frozen=True, slots=True)
class _Curve:
    label: str
    now: Cell
    series: Series
    after: str = ""
    marks: Marks = ()


def history(view: View, width: int, height: int) -> list[Line]:
    """One line of sparks with their numbers, or plots under them where `height` is more than one."""
    if view.frame is None or height < 1:
        return []
    curves = _curves(view)
    if height < 3:
        return [_sparks(curves, width)]
    return _plots(curves, width, height, odd=_is_odd(view.frame, view.interval_s))


def _curves(view: View) -> tuple[_Curve, ...]:
    assert view.frame is not None  # noqa: S101 - asked for only with a Frame
    queue, past = view.frame.snapshot.queue, view.frame.history
    waiting = waiting_count(view.frame)
    waits = waiting is not UNKNOWN and waiting.text not in {"0", "~0"}
    oldest = "" if isinstance(queue.oldest_wait_s, Missing) else formats.age(queue.oldest_wait_s.value)
    served = Role.FAINT if is_stale(view, "slots") else Role.STRONG
    queued = Role.FAINT if is_stale(view, "sockets") else Role.WARNING if waits else Role.STRONG
    return (
        _Curve("tok/s", Cell(all_tokens_per_s(view.frame), served), past.tokens_per_s, marks=past.marks),
        _Curve("waiting", Cell(waiting.text, queued), past.waiting, f"oldest {oldest}" if oldest else ""),
        _Curve("running", shown(queue.running, str, served), past.running),
    )


def waiting_count(frame: Frame) -> Cell:
    """How many wait; marked where others may be counted in."""
    queue = frame.snapshot.queue
    at_most = "≤" if queue.precision is Precision.UPPER_BOUND else ""
    return shown(queue.waiting, lambda count: f"{at_most}{count}")


def all_tokens_per_s(frame: Frame) -> str:
    """What all models write now: a dash where the rate of one is missing, a mark where one is worked out."""
    newest = frame.history.tokens_per_s[-1] if frame.history.tokens_per_s else None
    if newest is None:
        return UNKNOWN.text
    rates = [each.tokens_per_s for each in frame.snapshot.models]
    mark = "~" if any(isinstance(each, Known) and each.source in WORKED_OUT for each in rates) else ""
    return mark + formats.rate(newest)


def _is_odd(frame: Frame, interval_s: float) -> bool:
    """Whether this is the first of two ticks; a tick that comes early or late costs a redraw, no more."""
    return int(frame.snapshot.taken_at.timestamp() / interval_s) % 2 == 1


def _sparks(curves: tuple[_Curve, ...], width: int) -> Line:
    """The numbers with their sparks; a narrow line keeps room for the first two."""
    drawn = curves if width >= WIDE else curves[:2]
    labels = sum(len(curve.label) + NUMBER_WIDTH + 4 for curve in curves) + AFTER_WIDTH
    spark_width = max(0, min(SPARK_WIDEST, (width - labels) // len(drawn)))
    parts: list[tuple[Cell, ...]] = []
    for curve in curves:
        number = fit(curve.now, NUMBER_WIDTH, Align.RIGHT)
        parts.append((Cell(f" {curve.label} ", Role.FAINT), number, Cell(" ")))
        if curve in drawn:
            line = spark(curve.series, spark_width, top_of(curve.series))
            loud = tuple(None if mark in CALM else mark for mark in curve.marks)
            parts.append((*_marked(line, loud, 1), Cell(" ")))
    after = next((curve.after for curve in curves if curve.after), "")
    return whole([*parts, (Cell(f" {after}"),)], width)


def _plots(curves: tuple[_Curve, ...], width: int, height: int, *, odd: bool) -> list[Line]:
    """Side by side, each under its numbers, with its greatest value and zero as its axis."""
    each = min(PLOT_WIDEST + 7, width // len(curves))
    blocks = [_plot(curve, each, height, odd=odd) for curve in curves]
    return [fit_line([cell for block in blocks for cell in block[row]], width) for row in range(height)]


def _plot(curve: _Curve, width: int, height: int, *, odd: bool) -> list[Line]:
    """A character holds two points: the newest waits for its fellow, so that plots move every other tick."""
    series = curve.series[: len(curve.series) - odd]
    top = top_of(series)
    head = (Cell(f" {curve.label} ", Role.FAINT), curve.now, Cell(f"  {curve.after}", Role.FAINT))
    lines = [fit_line(head, width)]
    drawn = braille(series, width - 7, height - 1, top)
    for row, text in enumerate(drawn):
        mark = formats.count(top) if row == 0 else "0" if row == len(drawn) - 1 else ""
        marks = curve.marks[: len(curve.marks) - odd] if row == 0 else ()
        lines.append(fit_line((Cell(f"{mark:>5}▕", Role.FAINT), *_marked(text, marks, 2)), width))
    return lines


def _marked(text: str, marks: Marks, ticks: int) -> Line:
    """A line of a curve with the events of its time in their places; `ticks` of them to a character."""
    if not any(marks):
        return (Cell(text, Role.GAUGE),)
    cells: list[Cell] = []
    begin, newest = 0, len(marks) - ticks * len(text)  # the newest tick stands in the last character
    for at in range(len(text)):
        here = [
            mark for mark in marks[max(0, newest + at * ticks) : max(0, newest + (at + 1) * ticks)] if mark
        ]
        if here:
            cells += [Cell(text[begin:at], Role.GAUGE), MARKS[max(here, key=MARKED.index)]]
            begin = at + 1
    return (*cells, Cell(text[begin:], Role.GAUGE))

"""The overview of several hosts: a line for each, with what its own monitor would say first. Pure.

Must never show a number of before as one of now: of a host of which nothing new comes, the line says why, and
has no numbers.
"""

from collections.abc import Sequence

from ollama_top.columns.cell import UNKNOWN, Cell, Line, Role, shown
from ollama_top.columns.column import Align
from ollama_top.columns.formats import age, used_of
from ollama_top.model.frame import Frame
from ollama_top.model.light import LightState
from ollama_top.model.reading import Known
from ollama_top.model.verdict import Severity
from ollama_top.tui.draw.fit import fit, fit_line, recolour
from ollama_top.tui.draw.history import all_tokens_per_s, waiting_count
from ollama_top.tui.draw.tabs import mark_of
from ollama_top.tui.draw.verdict import judgement
from ollama_top.tui.view import View, is_stale

HEADS = ("", "HOST", "RUN", "WAIT", "TOK/S", "VRAM", "LIGHTS")
WIDTHS = (3, 16, 4, 5, 7, 13, 7)
RIGHT = frozenset(HEADS[2:])
NAME = HEADS.index("HOST")
ANSWERING = frozenset({LightState.OK, LightState.LIMITED})
NO_SOURCE = frozenset({LightState.ABSENT, LightState.PENDING})
WELL = frozenset({Severity.OK, Severity.INFO})


def hosts_lines(views: Sequence[View], cursor: int, width: int) -> list[Line]:
    """A head, and a line for each host: the Views of their newest Frames."""
    longest = max((len(each.title) for each in views), default=0)
    widths = (*WIDTHS[:NAME], max(WIDTHS[NAME], min(longest, width // 5)), *WIDTHS[NAME + 1 :])
    head = _columns([Cell(name, Role.HEADER) for name in HEADS], widths)
    lines = [fit_line([*head, Cell("  VERDICT", Role.HEADER)], width, Role.HEADER)]
    return [*lines, *(_host(each, widths, width, is_cursor=at == cursor) for at, each in enumerate(views))]


def hosts_title(views: Sequence[View]) -> str:
    """How many hosts there are, and how many of them are not well."""
    bad = sum(judgement(each).severity not in WELL for each in views)
    return f"{bad or 'none'} of {len(views)} hosts in trouble - ollama-top"


def _columns(cells: Sequence[Cell], widths: Sequence[int]) -> list[Cell]:
    """As many columns as there are cells."""
    return [
        fit(cell, room, Align.RIGHT if name in RIGHT else Align.LEFT, middle=name == HEADS[NAME])
        for cell, name, room in zip(cells, HEADS, widths, strict=False)
    ]


def _host(view: View, widths: Sequence[int], width: int, *, is_cursor: bool) -> Line:
    mark = mark_of(view)
    is_bad = judgement(view).severity not in WELL
    said = Cell(_said(view), mark.role if is_bad else Role.PLAIN)
    cells = (Cell(f" {mark.text}", mark.role), Cell(view.title, Role.NAME), *_numbers(view))
    line = fit_line([*_columns(cells, widths), Cell("  "), said], width)
    return recolour(line, Role.CURSOR) if is_cursor else line


def _numbers(view: View) -> tuple[Cell, ...]:
    """Those of now; none where none is known."""
    frame = view.frame
    if frame is None or view.trouble is not None or view.silent_s is not None:
        return ()
    is_old = is_stale(view, "slots")
    running = UNKNOWN if is_old else shown(frame.snapshot.queue.running, str)
    waiting = UNKNOWN if is_stale(view, "sockets") else waiting_count(frame)
    rate = UNKNOWN if is_old else Cell(all_tokens_per_s(frame), Role.STRONG)
    numbers = (running, waiting, rate, _vram(view))
    is_known = any(each.text != UNKNOWN.text for each in numbers)
    return (*numbers, _lights(frame)) if is_known else ()


def _vram(view: View) -> Cell:
    """Memory of all cards, where that of each is known, and of now."""
    cards = view.frame.snapshot.gpus if view.frame is not None else ()
    used = [each.memory_used_bytes.value for each in cards if isinstance(each.memory_used_bytes, Known)]
    total = [each.memory_total_bytes.value for each in cards if isinstance(each.memory_total_bytes, Known)]
    is_whole = bool(cards) and len(used) == len(total) == len(cards)
    is_old = is_stale(view, *{each.vendor.value for each in cards})
    return Cell(used_of(sum(used), sum(total))) if is_whole and not is_old else UNKNOWN


def _lights(frame: Frame) -> Cell:
    """Sources that answer, of those there are."""
    there = [each for each in frame.snapshot.sources if each.state not in NO_SOURCE]
    good = sum(each.state in ANSWERING for each in there)
    return Cell(f"{good}/{len(there)}", Role.GOOD if good == len(there) else Role.WARNING)


def _said(view: View) -> str:
    if view.trouble is not None:
        return view.trouble
    if view.frame is None and view.silent_s is None:
        return "waiting for the first look"
    silent = f"nothing new for {age(view.silent_s)}" if view.silent_s is not None else ""
    then = view.frame.verdict.text if view.frame is not None else ""
    return "; then: ".join(filter(None, (silent, then)))

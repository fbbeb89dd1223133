"""The overview of several machines: a line for each, with what its own monitor would say first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ollama_top.columns.cell import UNKNOWN, Cell, Line, Role, shown
from ollama_top.columns.column import Align
from ollama_top.columns.formats import age, rate, used_of
from ollama_top.model.frame import Frame
from ollama_top.model.light import LightState
from ollama_top.model.reading import Known
from ollama_top.model.verdict import Severity
from ollama_top.tui.draw.fit import fit, fit_line, marked

WIDTHS = (3, 16, 4, 5, 7, 13, 7)
HEADS = ("", "HOST", "RUN", "WAIT", "TOK/S", "VRAM", "LIGHTS")
RIGHT = frozenset({"RUN", "WAIT", "TOK/S", "VRAM", "LIGHTS"})
MARK = "\u25cf"
ROLES = {
    Severity.OK: Role.GOOD,
    Severity.INFO: Role.GOOD,
    Severity.WARNING: Role.WARNING,
    Severity.ERROR: Role.ERROR,
}
ANSWERING = frozenset({LightState.OK, LightState.LIMITED})
NO_SOURCE = frozenset({LightState.ABSENT, LightState.PENDING})


@dataclass(frozen=True, slots=True)
class HostStand:
    """A machine, and what was seen of its server last."""

    name: str
    frame: Frame | None = None
    trouble: str | None = None  # why nothing new comes
    silent_s: float | None = None  # since the last Frame, where that is longer than usual


def hosts_lines(stands: Sequence[HostStand], cursor: int, width: int) -> list[Line]:
    """A head, and a line for each machine."""
    head = [_at(Cell(name, Role.HEADER), at) for at, name in enumerate(HEADS)]
    lines = [fit_line([*head, Cell("  VERDICT", Role.HEADER)], width, Role.HEADER)]
    return [*lines, *(_host(each, width, is_cursor=at == cursor) for at, each in enumerate(stands))]


def _at(cell: Cell, column: int) -> Cell:
    return fit(cell, WIDTHS[column], Align.RIGHT if HEADS[column] in RIGHT else Align.LEFT)


def _host(stand: HostStand, width: int, *, is_cursor: bool) -> Line:
    role = _role(stand)
    cells = (Cell(f" {MARK}", role), Cell(stand.name, Role.NAME), *_numbers(stand.frame))
    said = Cell(_said(stand), Role.PLAIN if role is Role.GOOD else role)
    line = fit_line([*(_at(cell, at) for at, cell in enumerate(cells)), Cell("  "), said], width)
    return marked(line, is_cursor=is_cursor, is_stale=stand.trouble is not None)


def _role(stand: HostStand) -> Role:
    if stand.trouble is not None:
        return Role.ERROR
    return Role.FAINT if stand.frame is None else ROLES[stand.frame.verdict.severity]


def _numbers(frame: Frame | None) -> tuple[Cell, ...]:
    if frame is None:
        return (UNKNOWN,) * 5
    queue = frame.snapshot.queue
    running, waiting = shown(queue.running, str), shown(queue.waiting, str)
    return running, waiting, _tokens_per_s(frame), _vram(frame), _lights(frame)


def _tokens_per_s(frame: Frame) -> Cell:
    """What all models write now; a dash where that of none is known."""
    found = [each.tokens_per_s for each in frame.snapshot.models]
    known = [each.value for each in found if isinstance(each, Known)]
    return Cell(rate(sum(known)), Role.STRONG) if known else UNKNOWN


def _vram(frame: Frame) -> Cell:
    """Memory of all cards, where that of each is known."""
    cards = frame.snapshot.gpus
    used = [each.memory_used_bytes.value for each in cards if isinstance(each.memory_used_bytes, Known)]
    total = [each.memory_total_bytes.value for each in cards if isinstance(each.memory_total_bytes, Known)]
    is_whole = bool(cards) and len(used) == len(total) == len(cards)
    return Cell(used_of(sum(used), sum(total))) if is_whole else UNKNOWN


def _lights(frame: Frame) -> Cell:
    """Sources that answer, of those there are."""
    there = [each for each in frame.snapshot.sources if each.state not in NO_SOURCE]
    good = sum(each.state in ANSWERING for each in there)
    return Cell(f"{good}/{len(there)}", Role.GOOD if good == len(there) else Role.WARNING)


def _said(stand: HostStand) -> str:
    if stand.trouble is not None:
        return stand.trouble
    if stand.frame is None:
        return "waiting for the first look"
    silent = f"nothing new for {age(stand.silent_s)}; then: " if stand.silent_s is not None else ""
    return f"{silent}{stand.frame.verdict.text}"

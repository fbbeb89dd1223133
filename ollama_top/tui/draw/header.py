"""The first line: what is looked at, and how each source of values is doing."""

from datetime import datetime
from urllib.parse import urlsplit

from ollama_top.columns import formats
from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.model.frame import Frame
from ollama_top.model.light import Light, LightState
from ollama_top.model.reading import Known, Missing, Reading, Why, value_or
from ollama_top.model.server import Server
from ollama_top.tui.draw.fit import ends, fit_line, width_of
from ollama_top.tui.view import View, stale_age_s

LIGHTS = {
    LightState.OK: Cell("●", Role.GOOD),
    LightState.PENDING: Cell("○", Role.FAINT),
    LightState.SLOW: Cell("◔", Role.WARNING),
    LightState.LIMITED: Cell("◐", Role.NOTICE),
    LightState.ABSENT: Cell("·", Role.FAINT),
    LightState.FAILED: Cell("✗", Role.ERROR),
}
NAMES_FROM_WIDTH = 140


def header(view: View, width: int, *, is_focused: bool) -> Line:
    """The header; parts that do not fit are left out from the right."""
    title = Cell(" ollama-top ", Role.HEADER_FOCUSED if is_focused else Role.HEADER)
    left = [title, *_badges(view)]
    right = _lights(view, width) if view.frame else []
    room = width - width_of(right) - 2  # a blank on either side
    for part in _parts(view):
        if width_of(left) + width_of(part) <= room:
            left.extend(part)
    return ends(left, [*right, Cell(" ")], width) if width >= 20 else fit_line(left, width)


def is_elsewhere(server: Server) -> bool:
    """Whether the server is known to be on another machine, or in another namespace."""
    return isinstance(server.pid, Missing) and server.pid.why is Why.NOT_LOCAL


def _badges(view: View) -> list[Cell]:
    badges = []
    if view.frame is not None and view.frame.snapshot.demo:
        badges.append("DEMO")
    if view.replay is not None:
        badges.append("REPLAY")
    if view.recording is not None:
        badges.append("REC")
    if view.is_paused and view.frame is not None:
        badges.append(f"PAUSED {view.frame.snapshot.taken_at.astimezone():%H:%M:%S}")
    if view.changing is not None:
        badges.append("CHANGING")
    return [cell for badge in badges for cell in (Cell(" "), Cell(f" {badge} ", Role.BADGE))]


def _parts(view: View) -> list[list[Cell]]:
    """What the header tells, the most important first."""
    if view.frame is None:
        return [[Cell("  "), Cell(view.title)]]
    snapshot = view.frame.snapshot
    server = snapshot.server
    where = urlsplit(server.url).netloc or server.url
    parts = [[Cell("  "), Cell(where if is_elsewhere(server) else snapshot.host.name, Role.STRONG)]]
    parts += [[Cell("  ollama "), Cell(server.version.value)]] if isinstance(server.version, Known) else []
    parts += [_manager(server)]
    parts += _up(server.started_at, snapshot.taken_at)
    parts += [[Cell("  read-only", Role.FAINT)]] if view.is_read_only else []
    return parts


def _manager(server: Server) -> list[Cell]:
    if not isinstance(server.pid, Known):
        is_away = is_elsewhere(server) and server.reachable  # one that does not answer may be nowhere
        return [Cell("  elsewhere" if is_away else "  pid -", Role.FAINT)]
    return [Cell(f"  {value_or(server.manager, '')}".rstrip()), Cell(f" pid {server.pid.value}", Role.FAINT)]


def _up(started_at: Reading[datetime], taken_at: datetime) -> list[list[Cell]]:
    if not isinstance(started_at, Known):
        return []
    up_s = (taken_at - started_at.value).total_seconds()
    return [[Cell("  up ", Role.FAINT), Cell(formats.span(up_s))]]


def _lights(view: View, width: int) -> list[Cell]:
    assert view.frame is not None  # noqa: S101 - asked for only with a Frame
    lights = view.frame.snapshot.sources
    cells: list[Cell] = []
    for light in lights:
        if width >= NAMES_FROM_WIDTH:
            cells.append(Cell(f" {light.name}", Role.FAINT))
        cells.append(LIGHTS[light.state])
    return [*cells, *_oldest(view.frame, view.interval_s)]


def _oldest(frame: Frame, interval_s: float) -> list[Cell]:
    """The source whose values are the most out of date, where any are."""
    ages = [(stale_age_s(light, interval_s), light) for light in frame.snapshot.sources]
    stale: list[tuple[float, Light]] = [(age_s, light) for age_s, light in ages if age_s is not None]
    if not stale:
        return []
    age_s, light = max(stale, key=lambda each: each[0])
    return [Cell(f" {light.name} {formats.span(age_s)} old", Role.WARNING)]

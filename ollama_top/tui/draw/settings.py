"""The settings' page: every variable in three columns, then what each means and where it stands."""

from collections.abc import Iterator

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.columns.settings import SETTINGS
from ollama_top.model.reading import Known, Missing, Why
from ollama_top.model.setting import Setting
from ollama_top.tui.draw.fit import fit_line, wrap
from ollama_top.tui.draw.server import heading
from ollama_top.tui.draw.table import table_lines
from ollama_top.tui.tables import Stand, arrange
from ollama_top.tui.view import View

IN_ORDER = Stand()


def settings_page(view: View, width: int) -> list[Line]:
    """The table, and a paragraph for each variable."""
    if view.frame is None:
        return []
    rows = arrange(SETTINGS, IN_ORDER, view.frame.snapshot)
    lines = table_lines(SETTINGS, rows, IN_ORDER, view, (width, 2 + len(rows.rows)), is_focused=False)
    for each in view.frame.snapshot.settings:
        lines += [(), heading(each.name), *_about(each, width)]
    return lines


def _about(setting: Setting, width: int) -> Iterator[Line]:
    """What it does, what holds without it, what it costs, where it is set, and what is not known."""
    yield from _wrapped(setting.effect, Role.PLAIN, width)
    yield from _wrapped(f"When not set: {setting.default}.", Role.FAINT, width)
    if setting.cost is not None:
        yield from _wrapped(setting.cost, Role.FAINT, width)
    if setting.note is not None:
        yield from _wrapped(f"{setting.status.value}: {setting.note}", Role.WARNING, width)
    if setting.configured_in is not None and isinstance(setting.configured, Known):
        yield from _wrapped(f"{setting.configured_in} says {setting.configured.value}", Role.FAINT, width)
    for name in ("configured", "running", "effective"):
        reading = getattr(setting, name)
        if isinstance(reading, Missing) and reading.why is not Why.ABSENT:
            yield from _wrapped(f"{name} is not known: {reading.hint}", Role.NOTICE, width)
    if isinstance(setting.shell, Known):
        yield from _wrapped(f"your shell has {setting.shell.value}", Role.FAINT, width)


def _wrapped(text: str, role: Role, width: int) -> Iterator[Line]:
    for piece in wrap(Cell(text).text, max(1, width - 4)):
        yield fit_line((Cell("   "), Cell(piece, role)), width)

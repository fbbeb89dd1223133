"""The settings as lines: every variable in its row, and below what the one under the cursor means. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.columns.settings import with_changes
from ollama_top.model.reading import Known, Missing, Why
from ollama_top.model.setting import Setting
from ollama_top.tui.draw.fit import fit_line, wrap
from ollama_top.tui.draw.server import heading
from ollama_top.tui.draw.table import table_lines
from ollama_top.tui.tables import Rows, Stand, selected
from ollama_top.tui.view import View

LEAST_ABOUT = 5
MORE = "Enter tells all"


def title(wanted: Mapping[str, str | None]) -> str:
    """What is shown, and how much is to be changed."""
    if not wanted:
        return "Settings"
    return f"Settings: {len(wanted)} change{'s' if len(wanted) > 1 else ''}, not made yet; w shows the plan"


def rows_in_view(rows: Rows, height: int) -> int:
    """How many rows the table has room for; the rest is for what the marked one means."""
    return max(1, min(len(rows.rows), height - 2 - max(LEAST_ABOUT, height // 3)))


def settings_lines(
    view: View, rows: Rows, stand: Stand, wanted: Mapping[str, str | None], size: tuple[int, int]
) -> list[Line]:
    """The table, and a paragraph for the variable under the cursor, in `size` (width, height)."""
    width, height = size
    shown = 1 + rows_in_view(rows, height)
    lines = table_lines(with_changes(wanted), rows, stand, view, (width, max(2, shown)), is_focused=True)
    chosen: Setting | None = selected(stand, rows)
    if chosen is not None:
        lines += [
            (),
            *_shortened([heading(chosen.name), *about(chosen, width)], height - len(lines) - 1, width),
        ]
    return lines


def about(setting: Setting, width: int) -> Iterator[Line]:
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


def _shortened(lines: Sequence[Line], room: int, width: int) -> list[Line]:
    if len(lines) <= room:
        return [*lines]
    more = fit_line((Cell("   "), Cell(MORE, Role.FAINT)), width)
    return [*lines[: max(0, room - 1)], more][: max(0, room)]


def _wrapped(text: str, role: Role, width: int) -> Iterator[Line]:
    for piece in wrap(Cell(text).text, max(1, width - 4)):
        yield fit_line((Cell("   "), Cell(piece, role)), width)

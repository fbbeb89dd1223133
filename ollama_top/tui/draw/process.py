"""The process screen: the server's tree, its limits, and the environment that it was started with."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from ollama_top.columns import formats
from ollama_top.columns.cell import UNKNOWN, Cell, Line, Role
from ollama_top.columns.column import Table
from ollama_top.columns.processes import PROCESSES
from ollama_top.model.frame import Snapshot
from ollama_top.model.process import Process, ProcessKind, Variable
from ollama_top.model.reading import Known, Missing, Reading, Why, map_known
from ollama_top.model.server import Server
from ollama_top.ollama.environment import concerns
from ollama_top.tui.draw.as_text import as_text
from ollama_top.tui.draw.fit import fit, fit_line, wrap
from ollama_top.tui.draw.server import heading
from ollama_top.tui.draw.table import table_lines
from ollama_top.tui.tables import Stand, arrange
from ollama_top.tui.view import View

LABEL_WIDTH = 15
NAME_WIDTH = 26  # of most variables
NOT_KEPT = Cell("not shown: it may be a secret", Role.FAINT)
IN_ORDER = Stand()
UNSET = Cell("empty", Role.FAINT)


def process_page(view: View, width: int, table: Table[Any] = PROCESSES) -> list[Line]:
    """The processes in the columns of `table`, the server's own facts, and its environment."""
    if view.frame is None:
        return []
    snapshot = view.frame.snapshot
    rows = arrange(PROCESSES, IN_ORDER, snapshot)
    lines = table_lines(table, rows, IN_ORDER, view, (width, 2 + len(rows.rows)), is_focused=False)
    server = next((each for each in snapshot.processes if each.kind is ProcessKind.SERVER), None)
    if server is not None:
        lines += [(), heading("Server"), *_server(snapshot, server, width)]
        lines += [(), heading("Environment"), *_environment(snapshot.environment, width)]
        lines += _runners(snapshot, width)
    return lines


def _server(snapshot: Snapshot, process: Process, width: int) -> list[Line]:
    server = snapshot.server
    up = formats.span((snapshot.taken_at - process.started_at).total_seconds())
    facts: list[tuple[str, Cell | Missing]] = [
        ("pid", Cell(str(process.pid))),
        ("user", _cell(server.user)),
        ("started by", _keeper(server)),
        ("control group", _cell(server.cgroup)),
        ("up", Cell(f"{up}, since {as_text('started_at', process.started_at)}")),
        ("command", _cell(process.command)),
        ("open files", _cell(map_known(process.open_files, str))),
        ("file limit", _files_limit(process)),
        ("locked memory", _limit(process.locked_memory_limit_bytes, "at most {}")),
    ]
    return [line for label, value in facts for line in _entry(label, value, LABEL_WIDTH, width)]


def _cell(reading: Reading[str]) -> Cell | Missing:
    return Cell(reading.value) if isinstance(reading, Known) else reading


def _keeper(server: Server) -> Cell | Missing:
    if isinstance(server.manager, Missing):
        return server.manager
    unit = f", {server.unit.value}" if isinstance(server.unit, Known) else ""
    return Cell(f"{server.manager.value}{unit}")


def _files_limit(process: Process) -> Cell | Missing:
    soft, hard = process.open_files_limit, process.open_files_hard_limit
    if isinstance(soft, Missing):
        return _limit(soft, "{}")
    if isinstance(hard, Known):
        raised = f", which it may raise to {hard.value:,}" if hard.value > soft.value else ""
    else:
        raised = ", which it may raise without a limit" if hard.why is Why.ABSENT else ""
    return Cell(f"{soft.value:,}{raised}")


def _limit(limit: Reading[int], text: str) -> Cell | Missing:
    """A limit; that there is none is no gap in what is known."""
    if isinstance(limit, Missing):
        return Cell(limit.hint) if limit.why is Why.ABSENT else limit
    return Cell(text.format(formats.size(limit.value)))


def _environment(environment: Reading[tuple[Variable, ...]], width: int) -> list[Line]:
    """The variables that concern it with their values, and all others by name."""
    if isinstance(environment, Missing):
        return _entry("", environment, 0, width)
    lines = _variables(environment.value, width)
    others = [each.name for each in environment.value if not concerns(each.name)]
    if not lines:
        lines.append((Cell("  none of Ollama, llama.cpp or the GPUs is set", Role.FAINT),))
    if others:
        names = Cell(" ".join(others), Role.FAINT)
        lines += [(), (Cell("  and by name only:", Role.FAINT),), *_entry("", names, 0, width)]
    return lines


def _runners(snapshot: Snapshot, width: int) -> list[Line]:
    """The command line of each runner, which tells what it was given."""
    runners = [each for each in snapshot.processes if each.kind is ProcessKind.RUNNER]
    lines = [
        line
        for each in runners
        for line in _entry(f"pid {each.pid}", _cell(each.command), LABEL_WIDTH, width)
    ]
    return [(), heading("Command lines of the runners"), *lines] if lines else []


def _variables(variables: Sequence[Variable], width: int) -> list[Line]:
    shown = [each for each in variables if concerns(each.name)]
    name_width = max([NAME_WIDTH, *(len(each.name) + 1 for each in shown)])
    return [line for each in shown for line in _entry(each.name, _value(each), name_width, width)]


def _value(variable: Variable) -> Cell:
    if variable.value is None:
        return NOT_KEPT
    return Cell(variable.value, Role.STRONG) if variable.value else UNSET


def _entry(label: str, value: Cell | Missing, label_width: int, width: int) -> list[Line]:
    """A label with its value, or with a dash and the reason; in as many lines as it takes."""
    is_missing = isinstance(value, Missing)
    cell = Cell(value.hint, Role.FAINT) if isinstance(value, Missing) else value
    lead = (UNKNOWN, Cell("  ")) if is_missing else ()
    room = max(10, width - label_width - 3 - (3 if is_missing else 0))
    pieces = [Cell(piece, cell.role) for piece in wrap(cell.text, room)]
    rows = zip_longest([Cell(label, Role.FAINT)], pieces, fillvalue=Cell(""))
    blank = (Cell("   "),) if is_missing else ()
    return [
        fit_line((Cell("  "), fit(first, label_width), *(blank if at else lead), second), width)
        for at, (first, second) in enumerate(rows)
    ]

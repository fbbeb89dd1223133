"""The table of the server's processes."""

from datetime import datetime

from ollama_top.columns import formats
from ollama_top.columns.cell import Cell, Role, shown
from ollama_top.columns.column import Align, Column, Table, model_column, reading_column
from ollama_top.columns.shares import shares_column
from ollama_top.model.frame import Snapshot
from ollama_top.model.process import Process, ProcessKind
from ollama_top.model.reading import Missing, value_or

NEARLY = 0.8  # of a limit is worth a colour


def _rows(snapshot: Snapshot) -> tuple[Process, ...]:
    return snapshot.processes


def _identity(row: Process) -> str:
    return f"{row.pid} {row.started_at.timestamp()}"


def _title(row: Process) -> str:
    return f"{row.kind.value} {row.pid}"


def _kind(row: Process, _: datetime) -> Cell:
    """The server, and what it started below it."""
    if row.kind is ProcessKind.SERVER:
        return Cell(row.kind.value, Role.STRONG)
    return Cell(f"└ {row.kind.value}")


def _age(row: Process, taken_at: datetime) -> Cell:
    return Cell(formats.span((taken_at - row.started_at).total_seconds()))


def _files_share(row: Process) -> float | None:
    """Share of the files that it may open, 0 to 1; None where it is not known or there is no limit."""
    files, limit = value_or(row.open_files, None), value_or(row.open_files_limit, None)
    return None if files is None or not limit else files / limit


def _files(row: Process, _: datetime) -> Cell:
    share = _files_share(row)
    return shown(row.open_files, str, Role.WARNING if share is not None and share >= NEARLY else Role.PLAIN)


def _unseen(snapshot: Snapshot) -> str | None:
    return snapshot.server.pid.hint if isinstance(snapshot.server.pid, Missing) else None


PROCESSES: Table[Process] = Table(
    name="processes",
    kind=Process,
    rows=_rows,
    identity=_identity,
    title=_title,
    light="processes",
    empty="no process of the server's is seen",
    unseen=_unseen,
    columns=(
        Column(
            "kind", "PROCESS", 10, _kind, lambda row: row.kind.value, ("kind",), priority=0, align=Align.LEFT
        ),
        model_column("model", 12, widest=32, priority=1),
        Column(
            "pid",
            "PID",
            7,
            lambda row, _: Cell(str(row.pid), Role.FAINT),
            lambda row: row.pid,
            ("pid",),
            priority=2,
        ),
        reading_column("port", "PORT", 5, str, priority=5),
        reading_column("cpu_percent", "CPU", 5, formats.percent, priority=1, role=Role.STRONG),
        reading_column("rss_bytes", "RSS", 5, formats.size, priority=1, role=Role.STRONG),
        shares_column(priority=6),
        reading_column("threads", "THR", 4, str, priority=4),
        Column(
            "open_files",
            "FILES",
            5,
            _files,
            lambda row: value_or(row.open_files, None),
            ("open_files", "open_files_limit"),
            priority=4,
        ),
        Column(
            "started_at",
            "AGE",
            7,
            _age,
            lambda row: -row.started_at.timestamp(),
            ("started_at",),
            priority=3,
        ),
    ),
)

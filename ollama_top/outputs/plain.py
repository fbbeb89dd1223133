"""A Frame as plain text: the tables of the screen, each column as wide as it must be.

Must never let a character of somebody else's steer the terminal: every cell is printable.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from ollama_top.columns import formats
from ollama_top.columns.cell import Cell
from ollama_top.columns.column import Align, Table
from ollama_top.columns.gpus import GPUS
from ollama_top.columns.models import MODELS
from ollama_top.columns.requests import REQUESTS
from ollama_top.columns.slots import SLOTS
from ollama_top.doctor.examine import worth_acting_on
from ollama_top.model.finding import Finding
from ollama_top.model.frame import Frame, Snapshot
from ollama_top.model.host import Host
from ollama_top.model.light import Light, LightState
from ollama_top.model.reading import Known, Reading
from ollama_top.model.text import printable

TABLES: tuple[Table[Any], ...] = (GPUS, MODELS, SLOTS, REQUESTS)
GAP = "  "


def text(frame: Frame) -> str:
    """The Frame in lines without trailing blanks; tables without rows are left out."""
    snapshot = frame.snapshot
    told = f"  [{frame.verdict.finding}]" if frame.verdict.finding else ""
    blocks = [[_headline(snapshot), printable(f"{frame.verdict.severity}: {frame.verdict.text}{told}")]]
    blocks.append([printable(f"{each.severity}: {each.title}  [{each.id}]") for each in _findings(frame)])
    blocks += [_table(table, snapshot, rows) for table in TABLES if (rows := table.rows(snapshot))]
    blocks.append([_host(snapshot.host), *_troubles(snapshot.sources)])
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _findings(frame: Frame) -> list[Finding]:
    """Those that are more than information, beside the one that the verdict tells."""
    return [each for each in worth_acting_on(frame.findings) if each.title != frame.verdict.text]


def _headline(snapshot: Snapshot) -> str:
    server = snapshot.server
    words = [
        "DEMO" if snapshot.demo else None,
        server.url,
        _word("ollama", server.version),
        _word("unit", server.unit),
        _word("pid", server.pid),
        _word("running", snapshot.queue.running),
        _word("waiting", snapshot.queue.waiting),
        snapshot.queue.precision.value.replace("_", " ")
        if isinstance(snapshot.queue.waiting, Known)
        else None,
    ]
    return GAP.join(printable(each) for each in words if each)


def _host(host: Host) -> str:
    """This machine's load, where it has been looked at."""
    used, total = host.memory_used_bytes, host.memory_total_bytes
    words = [
        f"host {host.name}",
        f"cpu {formats.percent(host.cpu_percent.value)}" if isinstance(host.cpu_percent, Known) else None,
        f"memory {formats.used_of(used.value, total.value)}"
        if isinstance(used, Known) and isinstance(total, Known)
        else None,
    ]
    return GAP.join(printable(each) for each in words if each)


def _word(name: str, reading: Reading[Any]) -> str | None:
    return f"{name} {reading.value}" if isinstance(reading, Known) else None


def _table(table: Table[Any], snapshot: Snapshot, rows: Sequence[Any]) -> list[str]:
    columns = table.told(snapshot)
    titles = [Cell(column.title) for column in columns]
    lines = [titles, *([column.cell(row, snapshot.taken_at) for column in columns] for row in rows)]
    widths = [max(_width(line[index].text) for line in lines) for index in range(len(titles))]
    aligns = [column.align for column in columns]
    return [GAP.join(map(_padded, line, widths, aligns)).rstrip() for line in lines]


def _padded(cell: Cell, width: int, align: Align) -> str:
    blank = " " * (width - _width(cell.text))
    return blank + cell.text if align is Align.RIGHT else cell.text + blank


def _width(words: str) -> int:
    """Cells that a terminal gives a text: none to a combining mark, two to a wide character."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in words
    )


def _troubles(lights: Iterable[Light]) -> Iterable[str]:
    """The sources that have something to say for themselves."""
    for each in lights:
        if each.problem and each.state is not LightState.OK:
            yield printable(f"{each.name} ({each.state.value}): {each.problem}")

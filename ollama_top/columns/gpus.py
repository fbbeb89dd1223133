"""The table of graphics cards; unless zoomed, its cells stand beside a bar and a plot."""

from datetime import datetime

from ollama_top.columns import formats
from ollama_top.columns.cell import Cell, Role, shown
from ollama_top.columns.column import Align, Column, Table, reading_column
from ollama_top.model.frame import Snapshot
from ollama_top.model.gpu import Gpu
from ollama_top.model.reading import Known, Missing, value_or

HOT_CELSIUS = 85


def _rows(snapshot: Snapshot) -> tuple[Gpu, ...]:
    return snapshot.gpus


def _identity(row: Gpu) -> str:
    return f"{row.vendor} {row.index}"


def _title(row: Gpu) -> str:
    return f"GPU {row.index} {value_or(row.name, '')}".rstrip()


def memory_share(row: Gpu) -> float | None:
    """Share of the memory in use, 0 to 1; None where it is not known."""
    used, total = value_or(row.memory_used_bytes, None), value_or(row.memory_total_bytes, None)
    return None if used is None or not total else min(1.0, used / total)


def memory(row: Gpu, _: datetime) -> Cell:
    """Memory in use and in all, or the one of them that is known."""
    used, total = row.memory_used_bytes, row.memory_total_bytes
    if isinstance(used, Known) and isinstance(total, Known):
        return Cell(formats.used_of(used.value, total.value))
    return (
        shown(total, lambda value: f"-/{formats.size(value)}")
        if isinstance(used, Missing)
        else shown(used, formats.size)
    )


def short_name(row: Gpu) -> str:
    """The product's name without its maker's, which every card repeats; a dash where it is not known."""
    name = value_or(row.name, "-")
    for prefix in ("NVIDIA ", "GeForce "):
        name = name.removeprefix(prefix)
    return name


def _name(row: Gpu, _: datetime) -> Cell:
    return Cell(short_name(row), Role.ERROR if row.problem else Role.PLAIN)


def _temperature(row: Gpu, _: datetime) -> Cell:
    hot = value_or(row.temperature_celsius, 0) >= HOT_CELSIUS
    return shown(row.temperature_celsius, "{:.0f}°C".format, Role.WARNING if hot else Role.PLAIN)


GPUS: Table[Gpu] = Table(
    name="gpus",
    kind=Gpu,
    rows=_rows,
    identity=_identity,
    title=_title,
    light="nvidia",
    empty="no GPU is seen",
    columns=(
        Column(
            "index",
            "GPU",
            5,
            lambda row, _: Cell(str(row.index), Role.STRONG),
            lambda row: row.index,
            ("index",),
            priority=0,
        ),
        Column(
            "name",
            "NAME",
            12,
            _name,
            lambda row: short_name(row).casefold(),
            ("name",),
            priority=1,
            align=Align.LEFT,
            widest=28,
        ),
        Column(
            "memory",
            "MEMORY",
            10,
            memory,
            memory_share,
            ("memory_used_bytes", "memory_total_bytes"),
            priority=1,
        ),
        reading_column("utilization_percent", "UTIL", 4, formats.percent, priority=1),
        Column(
            "temperature_celsius",
            "TEMP",
            5,
            _temperature,
            lambda row: value_or(row.temperature_celsius, None),
            ("temperature_celsius",),
            priority=2,
        ),
        reading_column("power_w", "POWER", 5, "{:.0f}W".format, priority=3),
        reading_column("power_limit_w", "LIMIT", 5, "{:.0f}W".format, priority=4),
        Column(
            "problem",
            "PROBLEM",
            12,
            lambda row, _: Cell(row.problem or "", Role.ERROR),
            lambda row: row.problem,
            ("problem",),
            priority=5,
            align=Align.LEFT,
            widest=80,
        ),
        reading_column("uuid", "UUID", 12, str, priority=6, align=Align.LEFT, widest=41),
    ),
)

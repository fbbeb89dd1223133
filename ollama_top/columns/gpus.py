"""The table of graphics cards; unless zoomed, its cells stand beside a bar and a plot."""

from datetime import datetime

from ollama_top.columns import formats
from ollama_top.columns.cell import UNKNOWN, Cell, Role, shown
from ollama_top.columns.column import Align, Column, Table, reading_column
from ollama_top.columns.holders import holders
from ollama_top.model.frame import Snapshot
from ollama_top.model.gpu import Gpu, Throttle
from ollama_top.model.reading import Known, Missing, value_or

HOT_CELSIUS = 85


def _rows(snapshot: Snapshot) -> tuple[Gpu, ...]:
    return snapshot.gpus


def _identity(row: Gpu) -> str:
    return row.identity


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


HOT_REASONS = frozenset({Throttle.HEAT, Throttle.HEAT_HARDWARE})
POWER_REASONS = frozenset({Throttle.POWER_CAP, Throttle.POWER_BRAKE})
HARMFUL = HOT_REASONS | POWER_REASONS | {Throttle.HARDWARE}
SLOWED_WORDS = {Throttle.HARDWARE: "slowed", Throttle.CLOCK_SETTING: "set", Throttle.IDLE: "idle"}

NOT_SLOWED = "no"


def is_slowed(row: Gpu) -> bool:
    """Whether heat or power keeps the card from working faster."""
    return isinstance(row.throttle, Known) and not HARMFUL.isdisjoint(row.throttle.value)


def slowed(row: Gpu, _: datetime) -> Cell:
    """In a word what keeps the card's clocks low: the worst of several reasons."""
    return Cell(_slowed_word(row), Role.WARNING if is_slowed(row) else Role.FAINT)


def _slowed_word(row: Gpu) -> str:
    if isinstance(row.throttle, Missing):
        return UNKNOWN.text
    reasons = row.throttle.value
    if not HOT_REASONS.isdisjoint(reasons):
        return "heat"
    if not POWER_REASONS.isdisjoint(reasons):
        return "power"
    named = [word for reason, word in SLOWED_WORDS.items() if reason in reasons]
    return named[0] if named else "other" if reasons else NOT_SLOWED


def _held_by(row: Gpu, _: datetime) -> Cell:
    """Who holds the memory; of a card that could not be read, why."""
    if row.problem is not None:
        return Cell(row.problem, Role.ERROR)
    text = holders(row)
    return UNKNOWN if text == UNKNOWN.text else Cell(text)


def _pcie(row: Gpu, _: datetime) -> Cell:
    """Generation and lanes now, as 4x16."""
    return shown(row.pcie_generation, lambda number: f"{number}x{shown(row.pcie_width, formats.count).text}")


GPUS: Table[Gpu] = Table(
    name="gpus",
    kind=Gpu,
    rows=_rows,
    identity=_identity,
    title=_title,
    light="nvidia",
    light_of=lambda row: row.vendor.value,
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
        Column(
            "throttle",
            "SLOWED",
            6,
            slowed,
            lambda row: _slowed_word(row) if isinstance(row.throttle, Known) else None,
            ("throttle",),
            priority=4,
            align=Align.LEFT,
        ),
        reading_column("power_limit_w", "LIMIT", 5, "{:.0f}W".format, priority=7),
        reading_column("clock_mhz", "MHZ", 5, str, priority=5),
        reading_column("memory_clock_mhz", "MEMMHZ", 6, str, priority=8),
        reading_column("fan_percent", "FAN", 4, formats.percent, priority=5),
        Column(
            "pcie",
            "PCIE",
            5,
            _pcie,
            lambda row: value_or(row.pcie_generation, None),
            ("pcie_generation", "pcie_width"),
            priority=6,
        ),
        reading_column("performance_state", "STATE", 5, "P{}".format, priority=9),
        Column(
            "processes",
            "HELD BY",
            24,
            _held_by,
            lambda row: holders(row).casefold(),
            ("processes", "memory_other_bytes", "problem"),
            priority=3,
            align=Align.LEFT,
            widest=80,
        ),
        reading_column("uuid", "UUID", 12, str, priority=10, align=Align.LEFT, widest=41),
    ),
)

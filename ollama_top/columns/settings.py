"""The table of the server's variables: configured, running, effective."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ollama_top.columns.cell import UNKNOWN, Cell, Role
from ollama_top.columns.column import Align, Column, Table
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Known, Missing, Reading, Why, value_or
from ollama_top.model.setting import Setting, SettingStatus, next_value

UNSET = Cell("not set", Role.FAINT)
_ROLES = {
    SettingStatus.SET: Role.GOOD,
    SettingStatus.DEFAULT: Role.FAINT,
    SettingStatus.PENDING: Role.WARNING,
    SettingStatus.IGNORED: Role.WARNING,
    SettingStatus.FOREIGN: Role.WARNING,
    SettingStatus.SHELL_ONLY: Role.WARNING,
    SettingStatus.UNKNOWN: Role.NOTICE,
}


def _rows(snapshot: Snapshot) -> tuple[Setting, ...]:
    return snapshot.settings


def _cell(reading: Reading[str]) -> Cell:
    """A value; a dash is not known, and `not set` is known."""
    if isinstance(reading, Missing):
        return UNSET if reading.why is Why.ABSENT else UNKNOWN
    return Cell(reading.value, Role.STRONG)


def _effective(row: Setting, _: datetime) -> Cell:
    return Cell(row.effective.value) if isinstance(row.effective, Known) else UNKNOWN


SETTINGS: Table[Setting] = Table(
    name="settings",
    kind=Setting,
    rows=_rows,
    identity=lambda row: row.name,
    title=lambda row: row.name,
    light="processes",
    empty="nothing is known of the server's variables yet",
    columns=(
        Column(
            "name",
            "VARIABLE",
            24,
            lambda row, _: Cell(row.name, Role.NAME),
            lambda row: row.name,
            ("name",),
            priority=0,
            align=Align.LEFT,
            widest=28,
        ),
        Column(
            "configured",
            "CONFIGURED",
            11,
            lambda row, _: _cell(row.configured),
            lambda row: value_or(row.configured, None),
            ("configured",),
            priority=1,
            align=Align.LEFT,
            widest=20,
        ),
        Column(
            "running",
            "RUNNING",
            11,
            lambda row, _: _cell(row.running),
            lambda row: value_or(row.running, None),
            ("running",),
            priority=1,
            align=Align.LEFT,
            widest=20,
        ),
        Column(
            "effective",
            "EFFECTIVE",
            16,
            _effective,
            lambda row: value_or(row.effective, None),
            ("effective",),
            priority=1,
            align=Align.LEFT,
            widest=32,
        ),
        Column(
            "status",
            "STATUS",
            10,
            lambda row, _: Cell(row.status.value, _ROLES[row.status]),
            lambda row: row.status.value,
            ("status",),
            priority=1,
            align=Align.LEFT,
        ),
        Column(
            "configured_in",
            "WHERE",
            16,
            lambda row, _: Cell(row.configured_in or "", Role.FAINT),
            lambda row: row.configured_in,
            ("configured_in",),
            priority=2,
            align=Align.LEFT,
            widest=60,
        ),
    ),
)

CHANGED_WIDTH, CHANGED_WIDEST = 13, 24


def with_changes(wanted: Mapping[str, str | None]) -> Table[Setting]:
    """The same table with what is to be changed marked in its row: `4 -> 8`."""
    if not wanted:
        return SETTINGS

    def cell(row: Setting, at: datetime) -> Cell:
        if row.name not in wanted:
            return SETTINGS.column("configured").cell(row, at)
        before, after = _cell(next_value(row)).text, wanted[row.name]
        return Cell(f"{before} -> {UNSET.text if after is None else after}", Role.NOTICE)

    columns = (
        replace(each, cell=cell, width=CHANGED_WIDTH, widest=CHANGED_WIDEST)
        if each.key == "configured"
        else each
        for each in SETTINGS.columns
    )
    return replace(SETTINGS, columns=tuple(columns))

"""The table of runner slots."""

from datetime import datetime

from ollama_top.columns import formats
from ollama_top.columns.cell import UNKNOWN, Cell, Role, shown
from ollama_top.columns.column import Align, Column, Table, model_column, reading_column
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import value_or
from ollama_top.model.slot import Slot, SlotState

_STATE_ROLES = {SlotState.DECODE: Role.GOOD, SlotState.PREFILL: Role.NOTICE}


def _rows(snapshot: Snapshot) -> tuple[Slot, ...]:
    return snapshot.slots


def _identity(row: Slot) -> str:
    return f"{row.runner_pid}/{row.slot}"


def _title(row: Slot) -> str:
    return f"slot {row.slot} of {value_or(row.model, None) or f'runner {row.runner_pid}'}"


def _state(row: Slot, _: datetime) -> Cell:
    return Cell(row.state.value, _STATE_ROLES.get(row.state, Role.FAINT))


def _done_percent(row: Slot) -> float | None:
    length, done = value_or(row.prompt_tokens, None), value_or(row.prompt_done_tokens, None)
    return None if not length or done is None else 100 * min(done, length) / length


def _prompt(row: Slot, _: datetime) -> Cell:
    """The prompt's length, and while it is read how far the reading is."""
    if row.state is not SlotState.PREFILL:
        return shown(row.prompt_tokens, formats.count)
    done = shown(row.prompt_done_tokens, formats.count)
    return Cell(f"{done.text}/{shown(row.prompt_tokens, formats.count).text}", done.role)


def _done(row: Slot, _: datetime) -> Cell:
    share = _done_percent(row)
    if share is None:
        return UNKNOWN
    return Cell(formats.percent(share), Role.NOTICE if row.state is SlotState.PREFILL else Role.FAINT)


def _fill(row: Slot, _: datetime) -> Cell:
    nearly_full = value_or(row.context_fill_percent, 0) >= 90
    return shown(row.context_fill_percent, formats.percent, Role.WARNING if nearly_full else Role.PLAIN)


SLOTS: Table[Slot] = Table(
    name="slots",
    kind=Slot,
    rows=_rows,
    identity=_identity,
    title=_title,
    light="slots",
    empty="no runner tells its slots",
    columns=(
        Column(
            "slot",
            "SLOT",
            8,
            lambda row, _: Cell(f"slot {row.slot}"),
            lambda row: row.slot,
            ("slot",),
            priority=1,
            align=Align.LEFT,
        ),
        model_column("model", 14, widest=44, priority=3),
        Column(
            "state", "STATE", 8, _state, lambda row: row.state.value, ("state",), priority=0, align=Align.LEFT
        ),
        Column(
            "prompt",
            "PROMPT",
            11,
            _prompt,
            lambda row: value_or(row.prompt_tokens, None),
            ("prompt_tokens",),
            priority=4,
        ),
        Column(
            "prompt_done",
            "READ",
            4,
            _done,
            _done_percent,
            ("prompt_done_tokens",),
            priority=5,
        ),
        reading_column("decoded_tokens", "WROTE", 6, formats.count, priority=3),
        reading_column("tokens_per_s", "TOK/S", 5, formats.rate, priority=2, role=Role.STRONG),
        reading_column("context_tokens", "CTX", 5, formats.context, priority=7),
        Column(
            "context_fill_percent",
            "FILL",
            4,
            _fill,
            lambda row: value_or(row.context_fill_percent, None),
            ("context_fill_percent",),
            priority=6,
        ),
        Column(
            "runner_pid",
            "PID",
            7,
            lambda row, _: Cell(str(row.runner_pid), Role.FAINT),
            lambda row: row.runner_pid,
            ("runner_pid",),
            priority=8,
        ),
    ),
)

"""The table of models in memory."""

from datetime import datetime

from ollama_top.columns import formats
from ollama_top.columns.cell import UNKNOWN, Cell, Role, shown
from ollama_top.columns.column import Align, Column, Table, model_column, reading_column
from ollama_top.columns.shares import shares_column
from ollama_top.model.frame import Snapshot
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.reading import Known, map_known, value_or

_STATE_ROLES = {
    ModelState.BUSY: Role.GOOD,
    ModelState.LOADING: Role.NOTICE,
    ModelState.STOPPING: Role.WARNING,
    ModelState.GONE: Role.ERROR,
}


def _rows(snapshot: Snapshot) -> tuple[LoadedModel, ...]:
    return snapshot.models


def _identity(row: LoadedModel) -> str:
    """Its name; a runner whose model is not known yet goes by its process."""
    return value_or(row.name, None) or f"runner {value_or(row.runner_pid, '?')}"


def _state(row: LoadedModel, _: datetime) -> Cell:
    """What it is doing; of a load also how far it is, where that is told."""
    role = _STATE_ROLES.get(row.state, Role.FAINT)
    if isinstance(row.load_percent, Known):
        return Cell(f"load {min(99, int(row.load_percent.value))}%", role)
    return Cell(row.state.value, role)


def _waiting(row: LoadedModel, _: datetime) -> Cell:
    role = Role.WARNING if value_or(row.waiting, 0) else Role.PLAIN
    return shown(row.waiting, formats.count, role)


def _ram_bytes(row: LoadedModel) -> int | None:
    total, vram = value_or(row.size_bytes, None), value_or(row.vram_bytes, None)
    return None if total is None or vram is None else max(0, total - vram)


def _ram(row: LoadedModel, _: datetime) -> Cell:
    """What did not fit on the GPUs, which is what makes a model slow."""
    amount_bytes = _ram_bytes(row)
    if amount_bytes is None:
        return UNKNOWN
    return Cell(formats.size(amount_bytes), Role.WARNING if amount_bytes else Role.FAINT)


def _layers(row: LoadedModel, _: datetime) -> Cell:
    """Layers on GPUs of layers in all; those that are not there make a model slow."""
    on_gpu, layers = row.layers_on_gpu, row.layers
    if not isinstance(on_gpu, Known) or not isinstance(layers, Known):
        return UNKNOWN
    return Cell(
        f"{on_gpu.value}/{layers.value}", Role.PLAIN if on_gpu.value == layers.value else Role.WARNING
    )


def _until(row: LoadedModel, taken_at: datetime) -> Cell:
    """When it is unloaded; while it serves, the moment is set anew and means nothing."""
    if row.state is ModelState.BUSY:
        return Cell("in use", Role.FAINT)
    return shown(map_known(row.expires_at, lambda at: at - taken_at), formats.time_left)


def _until_key(row: LoadedModel) -> float | None:
    return row.expires_at.value.timestamp() if isinstance(row.expires_at, Known) else None


def _unseen(snapshot: Snapshot) -> str | None:
    """Why the models cannot be seen; None when they can."""
    if snapshot.server.reachable:
        return None
    return snapshot.server.problem or "the server has not answered yet"


MODELS: Table[LoadedModel] = Table(
    name="models",
    kind=LoadedModel,
    rows=_rows,
    identity=_identity,
    title=_identity,
    light="api",
    empty="no model is loaded",
    unseen=_unseen,
    columns=(
        model_column("name", 14, widest=44, priority=0),
        Column(
            "state",
            "STATE",
            8,
            _state,
            lambda row: row.state.value,
            ("state", "load_percent"),
            priority=1,
            align=Align.LEFT,
        ),
        reading_column("parallel", "PAR", 3, formats.count, priority=2),
        reading_column("running", "RUN", 3, formats.count, priority=2),
        Column(
            "waiting", "WAIT", 4, _waiting, lambda row: value_or(row.waiting, None), ("waiting",), priority=1
        ),
        reading_column("tokens_per_s", "TOK/S", 5, formats.rate, priority=3),
        reading_column("context_tokens", "CTX", 5, formats.context, priority=5),
        reading_column("vram_bytes", "VRAM", 5, formats.size, priority=4),
        Column("ram_bytes", "RAM", 5, _ram, _ram_bytes, ("size_bytes", "vram_bytes"), priority=5),
        Column(
            "layers",
            "LAYERS",
            7,
            _layers,
            lambda row: value_or(row.layers_on_gpu, None),
            ("layers_on_gpu", "layers"),
            priority=7,
        ),
        Column("expires_at", "UNTIL", 7, _until, _until_key, ("expires_at",), priority=6),
        reading_column("kv_cache_type", "KV", 5, str, priority=7, align=Align.LEFT),
        shares_column(priority=10),
        reading_column("quantization", "QUANT", 7, str, priority=8, align=Align.LEFT),
        reading_column("parameter_size", "PARAMS", 7, str, priority=9),
        reading_column("family", "FAMILY", 10, str, priority=10, align=Align.LEFT, widest=16),
        reading_column("runner_pid", "PID", 7, str, priority=11),
    ),
)

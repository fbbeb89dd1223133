"""The column of what a row holds of each card: models and processes have it alike."""

from datetime import datetime
from typing import Any

from ollama_top.columns import formats
from ollama_top.columns.cell import Cell, shown
from ollama_top.columns.column import Align, Column
from ollama_top.model.gpu import GpuShare
from ollama_top.model.reading import Known

WIDTH = 14  # of two shares


def shares_column(*, priority: int) -> Column[Any]:
    """`0:9.8G 1:3.1G`: memory by the card's number."""
    return Column("gpus", "GPUS", WIDTH, _shares, _number, ("gpus",), priority=priority, align=Align.LEFT)


def _shares(row: Any, _: datetime) -> Cell:  # noqa: ANN401 - a row with shares
    return shown(row.gpus, lambda shares: " ".join(map(_share, shares)) or "none")


def _share(share: GpuShare) -> str:
    return f"{share.gpu}:{shown(share.memory_bytes, formats.size).text}"


def _number(row: Any) -> float | None:  # noqa: ANN401 - as above
    """By the number of cards that it is spread over."""
    return float(len(row.gpus.value)) if isinstance(row.gpus, Known) else None

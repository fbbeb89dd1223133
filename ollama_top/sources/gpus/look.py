"""What one look at a vendor's GPUs gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ollama_top.model.gpu import Gpu

Told: TypeAlias = Mapping[str, Any]
"""Some fields of a Gpu by their names: the part that one kind of file tells."""


@dataclass(frozen=True, slots=True)
class GpuLook:
    """The cards of one vendor; `absent` when there is no driver of it here."""

    gpus: tuple[Gpu, ...]
    problem: str | None = None
    absent: bool = False

"""What one look at a vendor's GPUs gives."""

from dataclasses import dataclass

from ollama_top.model.gpu import Gpu


@dataclass(frozen=True, slots=True)
class GpuLook:
    """The cards of one vendor; `absent` when there is no driver of it here."""

    gpus: tuple[Gpu, ...]
    problem: str | None = None
    absent: bool = False

"""Models to ask about, and the looks in which they are seen."""

from typing import Any

import frames

from ollama_top.doctor.wished import Subject, subject_of
from ollama_top.model.frame import Snapshot
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, Source
from ollama_top.ollama.architecture import Architecture, Layer
from ollama_top.ollama.replies import DescribedModel, ShownModel

GIB = 1 << 30
NAME = "m:8b"
TOKEN = 32 * 2 * 1024 * 2
"""Bytes that a model of 32 layers, each with 1024 numbers of K and of V, keeps of one token."""

DENSE = Architecture("llama", 131_072, 0, ((Layer(1024, 1024),) * 32,), TOKEN)
UNSURE = Architecture(
    "gemma9", 131_072, 1024, ((Layer(1024, 1024, slides=True),) * 32, (Layer(1024, 1024),) * 32), TOKEN
)


def described(shape: Architecture = DENSE, file_bytes: int | None = 5 * GIB, **shown: Any) -> DescribedModel:
    """A model of plain attention, or of another shape."""
    told: dict[str, Any] = {"family": "llama", "capabilities": ("completion",), **shown}
    return DescribedModel(NAME, file_bytes, ShownModel(None, architecture=shape, **told))


def look(*models: LoadedModel, **changes: Any) -> Snapshot:
    """A server with two cards, 9.9 and 4 GiB free."""
    cards = (frames.gpu(0, 14.1), frames.gpu(1, 20.0))
    return frames.frame(**({"models": models, "gpus": cards} | changes)).snapshot


def loaded(**changes: Any) -> LoadedModel:
    """The model at work: 4 at once, 4096 tokens each, 1024 in a step, in VRAM."""
    told = {"parallel": Known(4, Source.ARGV), "batch_tokens": Known(1024, Source.ARGV), **changes}
    return frames.model(NAME, **told)


def subject(model: DescribedModel, snapshot: Snapshot) -> Subject:
    """The model as it is seen."""
    shape = model.shown.architecture
    assert isinstance(shape, Architecture)
    return subject_of(model, shape, snapshot)

"""A server with a loaded model that can be priced, and profiles kept for this machine."""

from typing import Any

import feeds
import frames
from frames_service import said, service

from ollama_top.config.machine import this_machine
from ollama_top.config.profile_file import ProfileFile, file_for
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known, Source
from ollama_top.model.setting import SettingStatus
from ollama_top.ollama.architecture import Architecture, Layer
from ollama_top.ollama.replies import DescribedModel, ShownModel

N, K, L = "OLLAMA_NUM_PARALLEL", "OLLAMA_KEEP_ALIVE", "OLLAMA_MAX_LOADED_MODELS"
NAME = "m:8b"
SHAPE = Architecture("llama", 131_072, 0, ((Layer(1024, 1024),) * 32,), 32 * 2 * 1024 * 2)
SHOWN = ShownModel(None, architecture=SHAPE, family="llama", capabilities=("completion",))


def scene(**changes: Any) -> Frame:
    """4 at once as configured, on a card with 9.9 GiB free."""
    settings = (
        frames.setting(N, "4", "4", SettingStatus.SET),
        frames.setting(K, configured="1h", status=SettingStatus.PENDING),
        frames.setting(L),
    )
    model = frames.model(NAME, parallel=Known(4, Source.ARGV), batch_tokens=Known(1024, Source.ARGV))
    of = {"settings": settings, "service": service(said(N, "4"), said(K, "1h")), "models": (model,)}
    return frames.frame(**(of | {"gpus": (frames.gpu(0, 14.1),)} | changes))


def feed(*played: Frame) -> feeds.PlayedFeed:
    """A feed that describes the model."""
    made = feeds.PlayedFeed(played or (scene(),))
    made.described = {NAME: DescribedModel(NAME, 5 << 30, SHOWN)}
    return made


def keep(**profiles: dict[str, str | None]) -> ProfileFile:
    """Keep profiles in the home of the test."""
    file = file_for(this_machine())
    for name, values in profiles.items():
        file.save(name, values)
    return file

"""Snapshots to be judged, each by what matters of it."""

from typing import Any

import frames

from ollama_top.doctor.verdict import judge
from ollama_top.model.frame import Snapshot
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.reading import Missing, Source, Why


def snapshot(**changes: Any) -> Snapshot:
    return frames.frame(**changes).snapshot


def model(
    name: str = "gemma3:270m",
    running: int | Missing = 0,
    parallel: int | Missing = 2,
    source: Source = Source.ARGV,
    **changes: Any,
) -> LoadedModel:
    state = ModelState.BUSY if isinstance(running, int) and running else ModelState.IDLE
    changes = {"state": state} | changes
    return frames.model(
        name,
        running=frames.known(running, Source.SLOTS),
        parallel=frames.known(parallel, source),
        **changes,
    )


def waiting(number: int, *models: LoadedModel, **queue: Any) -> Snapshot:
    queue = {"oldest_wait_s": Missing(Why.PENDING, "not known yet")} | queue
    return snapshot(models=models, queue=frames.queue(2, number, **queue))


def sentence(of: Snapshot) -> str:
    return judge(of).text


LOADING = model("qwen3:8b", parallel=4, state=ModelState.LOADING)
SECOND = model("llama3:8b", running=1, parallel=1)
FREE = model("phi4:14b")

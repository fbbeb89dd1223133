"""What the log tells of each runner, gathered line by line from its start on.

Lines of a load count only between a start and the word that the runner is ready, or shortly after
it, and belong to the runner started last: the server loads one model at a time. What a runner says
comes through a pipe, so it may come after what the server says of the same moment.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ollama_top.ollama.log import starting
from ollama_top.ollama.log.memory import Buffer, Cache, Part, PromptCache
from ollama_top.ollama.log.parse import Said

GRACE = timedelta(seconds=1)  # for a pipe that is behind
HELD = frozenset({Part.KV, Part.RECURRENT})


@dataclass(frozen=True, slots=True)
class LoadedRunner:
    """What the log says of the load of one runner; None where it does not."""

    port: int
    parallel: int | None = None
    context_tokens: int | None = None  # of one slot
    kv_cache_type: str | None = None
    batch_tokens: int | None = None  # read in one step
    model_path: str | None = None
    began_at: datetime | None = None
    took_s: float | None = None
    layers_on_gpu: int | None = None
    layers: int | None = None
    kv_cache_bytes: int | None = None


class Loads:
    """The loads of a stretch of the log, by the runner's port."""

    def __init__(self) -> None:
        """Start knowing nothing."""
        self.by_port: dict[int, LoadedRunner] = {}
        self.current: LoadedRunner | None = None  # of the runner that is being loaded
        self.prompt_cache_bytes: int | None = None  # what a runner said last that it remembers of prompts
        self._ready_at: datetime | None = None  # since when it is loaded

    def clear(self) -> None:
        """The server was started anew: its runners are gone."""
        self.by_port.clear()
        self.current = self.prompt_cache_bytes = None

    def take(self, said: Said, at: datetime | None) -> None:
        """Take in what one line says."""
        if isinstance(said, starting.Starting):
            self._start(said, at)
        elif isinstance(said, PromptCache):  # which no runner says of another
            self.prompt_cache_bytes = said.size_bytes if said.size_bytes is not None else 0
        elif self.current is not None and not self._is_over(at):
            if isinstance(said, starting.LoadTook) and self.current.took_s is None:
                self._ready_at = at
            self._keep(_with(self.current, said))
            if isinstance(said, starting.LoadFailed):
                self.current = None

    def _is_over(self, at: datetime | None) -> bool:
        """Whether the runner has been loaded for a while."""
        return self._ready_at is not None and at is not None and at - self._ready_at > GRACE

    def _start(self, said: starting.Starting, at: datetime | None) -> None:
        """A port may be used again: what an earlier runner said is void."""
        self.current = self._ready_at = self.prompt_cache_bytes = None
        if said.port is not None:
            self._keep(LoadedRunner(said.port, model_path=said.model_path, began_at=at))

    def _keep(self, load: LoadedRunner) -> None:
        self.current = self.by_port[load.port] = load


def _with(load: LoadedRunner, said: Said) -> LoadedRunner:
    new: dict[str, Any]
    match said:
        case starting.Committed(parallel, context, kind, batch):  # of several tries the last one counts
            new = {"parallel": parallel, "context_tokens": context, "kv_cache_type": kind}
            new["batch_tokens"] = batch
        case starting.SlotsMade(parallel, context):
            new = {"parallel": parallel, "context_tokens": context}
        case starting.Offloaded(layers_on_gpu, layers):
            new = {"layers_on_gpu": layers_on_gpu, "layers": layers}
        case Buffer(_, part, size) if part in HELD:
            new = {"kv_cache_bytes": (load.kv_cache_bytes or 0) + size}
        case Cache(_, keys, values):
            new = {"kv_cache_type": keys if keys == values else f"{keys}/{values}"}
        case starting.LoadTook(seconds):
            new = {"took_s": seconds}
        case _:
            return load
    return replace(load, **new)

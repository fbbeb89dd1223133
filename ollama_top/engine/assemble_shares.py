"""How much of each GPU a process holds, and by its runner's process a model. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from ollama_top.engine.assemble_gpus import seen
from ollama_top.engine.joined import Joined, no_runner
from ollama_top.engine.samples import NOT_YET, Samples
from ollama_top.model.gpu import Gpu, GpuShare
from ollama_top.model.reading import Known, Missing, Reading, Why

Shares = Callable[[int], Reading[tuple[GpuShare, ...]]]
"""By its pid the parts of cards that a process holds."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """One card, and what each process holds of it."""

    gpu: Gpu
    held: Mapping[int, Reading[int]]
    unlisted: Missing | None  # what is to say of a process that is not listed; None if it holds nothing

    @classmethod
    def of(cls, gpu: Gpu) -> "Holdings":
        """What the card's driver tells."""
        if isinstance(gpu.processes, Missing):
            return cls(gpu, {}, gpu.processes)
        note = gpu.processes_note
        held = {each.pid: each.memory_bytes for each in gpu.processes.value}
        return cls(gpu, held, None if note is None else Missing(Why.DENIED, note))

    def share(self, pid: int) -> GpuShare | None:
        """The process's part; None where it is known to have none."""
        held = self.held.get(pid, self.unlisted)
        return None if held is None else GpuShare(self.gpu.vendor, self.gpu.index, self.gpu.uuid, held)


def shares_by_pid(samples: Samples) -> Shares:
    """What tells the parts of a process, put together once for all who ask."""
    holdings = _holdings(samples)
    return cache(lambda pid: _shares(pid, holdings))


def _holdings(samples: Samples) -> Missing | tuple[Holdings, ...]:
    """Every card with its processes, or why there is none."""
    gpus = tuple(map(Holdings.of, seen(samples)))
    if gpus:
        return gpus
    return Missing(Why.ABSENT, "no GPU is seen on this machine") if samples.gpus else NOT_YET


def shares_of_model(joined: Joined, samples: Samples, shares: Shares) -> Reading[tuple[GpuShare, ...]]:
    """The model's part of each card."""
    return no_runner(samples) if joined.runner is None else shares(joined.runner.pid)


def _shares(pid: int, holdings: Missing | tuple[Holdings, ...]) -> Reading[tuple[GpuShare, ...]]:
    """The process's part of each card that lists it; none where every card is without it.

    A card that cannot tell may hold a part too: beside others it is there, its memory missing.
    """
    if isinstance(holdings, Missing):
        return holdings
    shares = tuple(share for each in holdings if (share := each.share(pid)) is not None)
    if shares and not any(pid in each.held for each in holdings):
        return next(each.memory_bytes for each in shares if isinstance(each.memory_bytes, Missing))
    processes = (each.gpu.processes for each in holdings)
    source = next(each.source for each in processes if isinstance(each, Known))
    return Known(shares, source)

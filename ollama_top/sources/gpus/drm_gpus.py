"""The cards of one vendor by Linux's own files: what AMD's and Intel's have in common.

Only reads, and must never wake a card that sleeps.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from ollama_top.model.gpu import NO_MODEL, Gpu, GpuProcess, GpuWork
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, value_or
from ollama_top.sources.gpus.drm import DrmCard, cards
from ollama_top.sources.gpus.drm_clients import ClientsLook, DrmClients
from ollama_top.sources.gpus.hwmon import SUBJECTS, PowerMeter, sensors
from ollama_top.sources.gpus.look import GpuLook, Told
from ollama_top.sources.gpus.sysfs import ASLEEP
from ollama_top.sources.programs import program_of

REASK_S = 60.0
"""Time for which the cards, and what seldom changes about them, are taken to stay."""

HIDDEN = "processes of other users are hidden from this user"
NO_AMOUNT = Missing(Why.UNSUPPORTED, "The kernel does not tell how much memory a process holds.")


class DrmGpus(ABC):
    """Looks at the cards of one vendor, one look at a time."""

    vendor_id: str
    source: Source

    def __init__(
        self,
        sys_root: Path = Path("/sys"),
        proc_root: Path = Path("/proc"),
        share: Path = Path("/usr/share"),
        clock: Callable[[], float] = time.monotonic,
        name_of: Callable[[int], Reading[str]] = program_of,
    ) -> None:
        """Prepare; `share` holds the lists of product names."""
        self.sys_root = sys_root
        self.share = share
        self.clock = clock
        self._name_of = name_of
        self._clients = DrmClients(proc_root, clock)
        self._meter = PowerMeter()
        self._known: tuple[tuple[DrmCard, Gpu], ...] = ()
        self._next_asking_s = float("-inf")

    def read(self) -> GpuLook:
        """Look once."""
        if self.clock() >= self._next_asking_s:
            found = cards(self.sys_root, self.vendor_id, self.source)
            self._known = tuple((each, self.get_to_know(each)) for each in found)
            self._next_asking_s = self.clock() + REASK_S
        if not self._known:
            return GpuLook((), absent=True)
        look = self._clients.look()
        computing = self.computing()
        return GpuLook(
            tuple(
                self._with_processes(card, self.now(card, facts), look, computing.get(card.address, {}))
                for card, facts in self._known
            )
        )

    @abstractmethod
    def get_to_know(self, card: DrmCard) -> Gpu:
        """What need not be asked again of a card."""

    @abstractmethod
    def now(self, card: DrmCard, facts: Gpu) -> Gpu:
        """The card now."""

    def computing(self) -> Mapping[str, Mapping[int, int]]:
        """Bytes by process and card, where the vendor's driver tells them to every user."""
        return {}

    def measured(self, card: DrmCard) -> Told:
        """What a card's sensors say now; those that tell no power tell the energy."""
        told = sensors(card.hwmon)
        if isinstance(told["power_w"], Known) or isinstance(told["energy_j"], Missing):
            return told
        return {**told, "power_w": self._meter.power_w(card.address, self.clock(), told["energy_j"])}

    def _with_processes(
        self, card: DrmCard, gpu: Gpu, look: ClientsLook, computing: Mapping[int, int]
    ) -> Gpu:
        is_shared = value_or(gpu.memory_is_shared, None)
        held: dict[int, int | None] = {**computing}
        for pid, clients in look.clients.items():
            amounts = [
                each.memory_bytes(is_shared=is_shared) for each in clients if each.address == card.address
            ]
            if amounts:
                held[pid] = _larger(held.get(pid), _sum(amounts))
        processes = tuple(self._process(pid, amount, computing) for pid, amount in sorted(held.items()))
        note = None if look.is_whole else self.hidden()
        return replace(gpu, processes=Known(processes, self.source), processes_note=note)

    def hidden(self) -> str:
        """Which processes this user cannot see."""
        return HIDDEN

    def _process(self, pid: int, amount: int | None, computing: Mapping[int, int]) -> GpuProcess:
        return GpuProcess(
            pid=pid,
            work=GpuWork.COMPUTE if pid in computing else GpuWork.UNTOLD,
            memory_bytes=NO_AMOUNT if amount is None else Known(amount, self.source),
            name=self._name_of(pid),
            model=NO_MODEL,
        )


def asleep(*more: str) -> Told:
    """What is not asked of a card that sleeps: its sensors, and these other fields."""
    return dict.fromkeys((*SUBJECTS, *more), ASLEEP)


def _sum(amounts: list[int | None]) -> int | None:
    known = [each for each in amounts if each is not None]
    return sum(known) if known else None


def _larger(one: int | None, other: int | None) -> int | None:
    """Of two accounts of the same memory, the one that misses less."""
    known = [each for each in (one, other) if each is not None]
    return max(known, default=None)

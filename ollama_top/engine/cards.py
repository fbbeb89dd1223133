"""The GPUs of every vendor, each on a schedule of its own: a driver that hangs holds up no other.

Must never ask at each look for a vendor that is not here.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping

from ollama_top.engine.daemon import in_daemon_thread
from ollama_top.engine.samples import Taken
from ollama_top.engine.station import Station
from ollama_top.model.gpu import Vendor
from ollama_top.model.light import Light, LightState
from ollama_top.sources.gpus.look import GpuLook

REPROBE_S = 60.0
"""Least time until a vendor that was absent is looked for again: cards and drivers seldom come."""

NO_GPU = "no GPU is seen on this machine: no NVIDIA driver with a card, and no card of AMD, Intel or Apple"

Read = Callable[[], GpuLook]


class Cards:
    """The looks at all vendors, of which most are absent from any one machine."""

    def __init__(self, readers: Mapping[Vendor, Read], *, every_s: float) -> None:
        """Prepare to ask each vendor's reader, in a thread, at the most every `every_s`."""
        self._stations = {vendor: _station(vendor, read, every_s=every_s) for vendor, read in readers.items()}

    def start(self, now_s: float, *, at_once: bool) -> list[asyncio.Task[None] | None]:
        """Begin the looks that are due."""
        return [
            each.start(now_s, at_once=at_once)
            for each in self._stations.values()
            if not _rests(each, now_s) or at_once
        ]

    def looks(self) -> tuple[Taken[GpuLook], ...]:
        """The newest look at each vendor that has been looked at."""
        return tuple(each.last for each in self._stations.values() if each.last is not None)

    def lights(self, now_s: float) -> Iterable[Light]:
        """A light for each vendor that is here; where none is, NVIDIA's says so.

        A vendor that most machines lack would look like something wrong.
        """
        here = [each for each in self._stations.values() if _is_here(each)]
        if not here:
            yield _light(self._stations[Vendor.NVIDIA], now_s)
        for each in here:
            yield _light(each, now_s)


def _station(vendor: Vendor, read: Read, *, every_s: float) -> Station[GpuLook]:
    return Station(vendor.value, lambda: in_daemon_thread(read), every_s=every_s)


def _rests(station: Station[GpuLook], now_s: float) -> bool:
    last = station.last
    return last is not None and last.value.absent and now_s < last.at_s + REPROBE_S


def _is_here(station: Station[GpuLook]) -> bool:
    return station.problem is not None or (station.last is not None and not station.last.value.absent)


def _light(station: Station[GpuLook], now_s: float) -> Light:
    look = station.last.value if station.last else None
    if look is not None and look.absent:
        return station.light(now_s, LightState.ABSENT, NO_GPU)
    is_in_trouble = look is not None and look.problem is not None
    state = LightState.FAILED if is_in_trouble else LightState.OK
    return station.light(now_s, state, look.problem if look else None)

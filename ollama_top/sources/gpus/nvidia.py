"""The NVIDIA cards of this machine, through NVML.

Only asks, never sets. Must not run on the screen's thread: a driver may take seconds to answer.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ollama_top.model.gpu import Gpu
from ollama_top.model.reading import Missing, Why
from ollama_top.sources.gpus.look import GpuLook
from ollama_top.sources.gpus.nvidia_card import KnownCard, get_to_know, read_card, silent_card
from ollama_top.sources.gpus.nvidia_processes import Name
from ollama_top.sources.gpus.nvml import Nvml, RefusedError, asked, has_library
from ollama_top.sources.programs import program_of

RETRY_S = 30.0
"""Least time between two starts of NVML: one can take a second, and wakes sleeping cards."""

REASK_S = 60.0
"""Time for which what seldom changes about a card is taken to stay: its name, its limits."""

PCI_VENDOR, PCI_DISPLAY = "0x10de", "0x03"


class NvidiaGpus:
    """Looks at the NVIDIA cards, one look at a time.

    NVML finds cards only when it starts, so a driver that is missing or in trouble is tried again
    every RETRY_S, and so is one that has lost a card.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        pci_devices: Path = Path("/sys/bus/pci/devices"),
        name_of: Name = program_of,
    ) -> None:
        self._clock = clock
        self._pci_devices = pci_devices
        self._name_of = name_of
        self._started = False
        self._next_start_s = float("-inf")
        self._trouble: GpuLook | None = None
        self._cards: tuple[Gpu, ...] = ()
        self._known: list[KnownCard | None] = []
        self._next_asking_s = float("-inf")

    def read(self) -> GpuLook:
        """Look once, for as long as the driver takes; every refusal of it becomes part of the look."""
        if self._start_is_due():
            self._next_start_s = self._clock() + RETRY_S
            self._trouble = GpuLook((), absent=True)
            if has_library():
                self._start(_pynvml())
        if self._trouble is None:
            self._look(_pynvml())
        return self._trouble or GpuLook(self._cards)

    def _start_is_due(self) -> bool:
        wanted = not self._started or self._trouble or any(_lost(card) for card in self._cards)
        return bool(wanted) and self._clock() >= self._next_start_s

    def _start(self, nvml: Nvml) -> None:
        if self._started:
            with suppress(RefusedError):  # one that has broken down need not be shut
                asked(nvml, nvml.nvmlShutdown)
        try:
            asked(nvml, nvml.nvmlInit)
        except RefusedError as refusal:
            self._started, self._trouble = False, self._trouble_behind(nvml, refusal)
        else:
            self._started, self._trouble = True, None
            self._known = []  # handles do not outlive a start

    def _look(self, nvml: Nvml) -> None:
        try:
            count = asked(nvml, nvml.nvmlDeviceGetCount)
        except RefusedError as refusal:
            self._trouble = self._trouble_behind(nvml, refusal)
            return
        if len(self._known) != count or self._clock() >= self._next_asking_s:
            self._known, self._next_asking_s = [None] * count, self._clock() + REASK_S
        # A card that comes or goes shifts the numbers of others: what was known by number is void.
        before = self._cards if len(self._cards) == count else (None,) * count
        self._cards = tuple(self._card(nvml, index, each) for index, each in enumerate(before))

    def _card(self, nvml: Nvml, index: int, before: Gpu | None) -> Gpu:
        """One card; one that does not answer is got to know anew the next time."""
        known, self._known[index] = self._known[index], None
        try:
            known = known or get_to_know(nvml, index)
            card = read_card(known, self._name_of)
        except RefusedError as refusal:
            return silent_card(nvml, index, before, refusal)
        self._known[index] = known
        return card

    def _trouble_behind(self, nvml: Nvml, refusal: RefusedError) -> GpuLook:
        """What it means that NVML does not start: there is nothing here, or something to be mended."""
        match refusal.code:
            case nvml.NVML_ERROR_LIBRARY_NOT_FOUND:
                return GpuLook((), absent=True)
            case nvml.NVML_ERROR_DRIVER_NOT_LOADED if not _card_on_bus(self._pci_devices):
                return GpuLook((), absent=True)
            case nvml.NVML_ERROR_DRIVER_NOT_LOADED:
                problem = "There is an NVIDIA card, but its driver is not loaded, as after a kernel update."
            case nvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH:
                problem = (
                    "NVIDIA's driver and library versions differ, as after an update:"
                    " reboot or reload the driver, then start ollama-top again."
                )
            case nvml.NVML_ERROR_NO_PERMISSION:
                problem = "This user may not use NVIDIA's driver: see the permissions of /dev/nvidiactl."
            case _:
                problem = f"NVIDIA's driver cannot be asked: {refusal}."
        return GpuLook((), problem)


def _pynvml() -> Nvml:
    import pynvml  # noqa: PLC0415 - 27 ms that only the thread which looks shall pay

    return pynvml


def _lost(card: Gpu) -> bool:
    """Whether the card failed, and so may be found again; one that is denied will stay so."""
    match card:
        case Gpu(problem=str(), memory_used_bytes=Missing(why=Why.FAILED)):
            return True
        case _:
            return False


def _card_on_bus(pci_devices: Path) -> bool:
    """Whether there is a display or compute card of NVIDIA's, with a driver or without."""
    return any(
        _line(device / "vendor") == PCI_VENDOR and _line(device / "class").startswith(PCI_DISPLAY)
        for device in pci_devices.glob("*")
    )


def _line(file: Path) -> str:
    """The text of a small file of the kernel; empty when its device has just left."""
    try:
        return file.read_text().strip()
    except OSError:
        return ""

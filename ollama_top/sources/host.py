"""CPU and memory of this machine."""

import socket

import psutil

from ollama_top.model.host import Host
from ollama_top.model.reading import Known, Missing, Reading, Source, Why


class HostCounters:
    """Reads the machine's counters; blocking, for one thread."""

    def __init__(self) -> None:
        """Take the first look at the CPU, so that the next has something to compare with."""
        self._name = socket.gethostname()
        self._is_first = True
        psutil.cpu_percent()

    def look(self) -> Host:
        """Look once; CPU is known from the second look on."""
        memory, swap = psutil.virtual_memory(), psutil.swap_memory()
        count = psutil.cpu_count()
        percent = psutil.cpu_percent()
        cpu: Reading[float] = (
            Missing(Why.PENDING, "needs two looks") if self._is_first else Known(percent, Source.HOST)
        )
        self._is_first = False
        return Host(
            self._name,
            Known(count, Source.HOST) if count else Missing(Why.UNSUPPORTED, "the system does not tell"),
            cpu,
            Known(memory.total - memory.available, Source.HOST),
            Known(memory.total, Source.HOST),
            Known(swap.used, Source.HOST),
            Known(swap.total, Source.HOST),
            Known(psutil.getloadavg()[0], Source.HOST),
        )

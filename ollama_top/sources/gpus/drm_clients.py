"""Who has a card open: the kernel tells it of each open file, to its owner and to root only.

Looks through all processes only now and then; in between it asks the files that it knows.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ollama_top.sources.gpus.fdinfo import DrmClient, parse_fdinfo

RESCAN_S = 10.0
DEVICES = "/dev/dri/"


@dataclass(frozen=True, slots=True)
class ClientsLook:
    """The clients of all cards by process; `is_whole` if no process was hidden."""

    clients: Mapping[int, tuple[DrmClient, ...]] = field(default_factory=dict)
    is_whole: bool = True


class DrmClients:
    """Follows the processes that have a card open."""

    def __init__(self, proc_root: Path, clock: Callable[[], float]) -> None:
        """Prepare to look through the processes under `proc_root`."""
        self._proc_root = proc_root
        self._clock = clock
        self._open: dict[int, list[str]] = {}
        self._is_whole = True
        self._next_scan_s = float("-inf")

    def look(self) -> ClientsLook:
        """Look once."""
        if self._clock() >= self._next_scan_s:
            self._scan()
            self._next_scan_s = self._clock() + RESCAN_S
        found = {pid: tuple(self._told(pid, files)) for pid, files in self._open.items()}
        return ClientsLook({pid: each for pid, each in found.items() if each}, self._is_whole)

    def _scan(self) -> None:
        self._open, self._is_whole = {}, True
        for name in os.listdir(self._proc_root):  # noqa: PTH208 - names suffice, and Path objects cost
            if name.isdigit():
                files = list(self._opened(name))
                if files:
                    self._open[int(name)] = files

    def _opened(self, pid: str) -> Iterable[str]:
        """The numbers of the files by which a process has a card open."""
        folder = f"{self._proc_root}/{pid}/fd"
        try:
            numbers = os.listdir(folder)  # noqa: PTH208 - as above
        except PermissionError:
            self._is_whole = False
            return
        except OSError:
            return  # it has ended
        yield from (each for each in numbers if _target(f"{folder}/{each}").startswith(DEVICES))

    def _told(self, pid: int, files: Iterable[str]) -> Iterator[DrmClient]:
        """One client for each opening, whatever the number of descriptors that share it."""
        seen: set[tuple[str, str]] = set()
        for number in files:
            try:
                text = (self._proc_root / str(pid) / "fdinfo" / number).read_text(errors="replace")
            except OSError:
                continue  # closed since the last scan
            client = parse_fdinfo(text)
            if client is not None and (client.address, client.client) not in seen:
                seen.add((client.address, client.client))
                yield client


def _target(link: str) -> str:
    try:
        return os.readlink(link)  # noqa: PTH115 - a socket's target is no path
    except OSError:
        return ""

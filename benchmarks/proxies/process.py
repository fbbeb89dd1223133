"""A proxy as a process: what it has used of the processor and of memory, its children included."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection

START_LIMIT_S = 10.0


class Running:
    """A process that listens on a port."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid = pid
        self.port = port

    def cpu_us(self) -> float:
        """Processor time so far, of all threads."""
        return sum(
            int(path.read_text().split()[0]) / 1e3
            for pid in self._pids()
            for path in Path(f"/proc/{pid}/task").glob("*/schedstat")
        )

    def resident_mb(self) -> float:
        """Resident memory now."""
        return self._status("VmRSS")

    def peak_mb(self) -> float:
        """The most that it ever was."""
        return self._status("VmHWM")

    def _status(self, name: str) -> float:
        found = 0
        for pid in self._pids():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                found += int(line.split()[1]) if line.startswith(f"{name}:") else 0
        return found / 1024

    def _pids(self) -> list[int]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [self.pid, *map(int, children)]


@contextmanager
def started(
    argv: Sequence[str], port: int, environment: Mapping[str, str], core: int | None
) -> Iterator[Running]:
    """The process, once it listens, on one core; it is ended with the `with`."""
    with _on(core):  # from its first moment: a worker that it forks at once is to be there too
        process = subprocess.Popen(argv, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _await(process, port)
        yield Running(process.pid, port)
    finally:
        process.terminate()
        process.communicate(timeout=10)


@contextmanager
def _on(core: int | None) -> Iterator[None]:
    """What is started meanwhile runs on that core."""
    before = os.sched_getaffinity(0)
    try:
        if core is not None:
            os.sched_setaffinity(0, {core})
        yield
    finally:
        os.sched_setaffinity(0, before)


def _await(process: "subprocess.Popen[bytes]", port: int) -> None:
    ends_s = time.monotonic() + START_LIMIT_S
    while time.monotonic() < ends_s and process.poll() is None:
        try:
            create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    process.kill()
    raise RuntimeError(f"it did not start: {process.communicate()[1].decode(errors='replace')[-500:]}")

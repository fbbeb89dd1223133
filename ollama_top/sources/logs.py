"""What the server wrote when it loaded its runners: its log file or the journal, by their tails.

Read only when a new runner's command line does not say how many requests it serves at once.
"""

import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from ollama_top.ollama.log import LoadedRunner, parse_loads
from ollama_top.sources import proc

TAIL_BYTES = 1 << 20
JOURNAL_LINES = 4000
TIMEOUT_S = 3.0
AGAIN_AFTER_S = 5.0


class RunnerLogs:
    """Remembers what the log said of each runner; blocking, for one thread."""

    def __init__(self) -> None:
        """Start knowing nothing."""
        self._loads: dict[int, LoadedRunner] = {}
        self._asked_s: dict[frozenset[int], float] = {}

    def loads(self, server_pid: int, ports: frozenset[int]) -> Mapping[int, LoadedRunner]:
        """What the log says of the runners on `ports`; one whose load is under way may say it later."""
        last_s = self._asked_s.get(ports)
        is_new = last_s is None
        if is_new or (not ports <= self._loads.keys() and time.monotonic() - (last_s or 0) > AGAIN_AFTER_S):
            self._asked_s = {ports: time.monotonic()}
            found = parse_loads(read_tail(server_pid))
            self._loads = {port: found[port] for port in ports if port in found}
        return self._loads


def read_tail(server_pid: int) -> str:
    """The end of what the server writes to; empty when it may not be read or is no log."""
    for number in (2, 1):
        target = proc.descriptor_path(server_pid, number)
        if target and target.startswith("/") and not target.startswith("/dev/"):
            return _file_tail(Path(f"/proc/{server_pid}/fd/{number}"))
    return _journal_tail(server_pid)


def _file_tail(path: Path) -> str:
    """The end of a file; a pipe by name is let be, since what is read from it is gone for its reader."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as log:
            log.seek(0, 2)
            log.seek(max(0, log.tell() - TAIL_BYTES))
            return log.read(TAIL_BYTES).decode(errors="replace")
    except OSError:
        return ""


def _journal_tail(server_pid: int) -> str:
    words = ["journalctl", f"_PID={server_pid}", "-o", "cat", "-n", str(JOURNAL_LINES), "--no-pager", "-q"]
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_S, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode(errors="replace")

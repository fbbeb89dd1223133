"""Ends one runner: the very process that was shown, proved to be one and never guessed by name.

Must never signal anything but a child of the server that holds a model.
"""

from collections.abc import Sequence

import psutil

from ollama_top.sources.processes import RunnerProcess

CLOCK_SLACK_S = 1.0  # the start of a process is told in ticks of another clock than the time of day


class EndingError(Exception):
    """A runner that was not asked to end; the text says why, for a person."""


def end_runner(
    runners: Sequence[RunnerProcess], pid: int, seen_at_s: float, *, by_force: bool = False
) -> None:
    """Ask a runner to end by SIGTERM, or kill it; `seen_at_s` is when it was shown (since the epoch).

    `runners` are those of the newest look. Raises EndingError where it is gone, another, or not ours to end.
    """
    runner = next((each for each in runners if each.pid == pid), None)
    if runner is None:
        raise EndingError(f"no runner of this server is process {pid} any more: nothing was ended")
    try:
        process = psutil.Process(pid)  # remembers the start, and signals no other of the same number
        if process.create_time() != runner.started_s or runner.started_s > seen_at_s + CLOCK_SLACK_S:
            raise EndingError(f"process {pid} is another than the one that was shown: nothing was ended")
        process.kill() if by_force else process.terminate()
    except psutil.NoSuchProcess:
        raise EndingError(f"process {pid} has ended by itself") from None
    except psutil.AccessDenied:
        raise EndingError(
            f"process {pid} runs as user {_owner(pid)}: run ollama-top as that user or root"
        ) from None


def _owner(pid: int) -> str:
    try:
        return psutil.Process(pid).username()
    except psutil.Error:
        return "unknown"

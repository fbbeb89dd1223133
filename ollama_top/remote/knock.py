"""The first connection to several hosts, to all at once, so that none waits for a dead one.

Must never ask anything: whose ssh has a question is found out, and asked once nothing else goes on.
"""

import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

PATIENCE_S = 4.0
QUESTIONS = ("Permission denied", "Host key verification failed", "Too many authentication failures")
"""How an ssh that may ask nothing ends where it would have asked."""


@dataclass(frozen=True, slots=True)
class Knocked:
    """What came of it."""

    status: int | None  # None of one that took too long
    said: str  # by ssh, or by a shell there

    @property
    def has_question(self) -> bool:
        """Whether a person could have answered something."""
        return bool(self.status) and any(each in self.said for each in QUESTIONS)


def knock(commands: Mapping[str, Sequence[str]], patience_s: float = PATIENCE_S) -> dict[str, Knocked]:
    """What came of each command by its name, all run at once; those that take longer are ended."""
    ends_s = time.monotonic() + patience_s
    with ExitStack() as stack:
        begun = {name: _Knocking(words, stack) for name, words in commands.items()}
        return {name: each.end(ends_s) for name, each in begun.items()}


class _Knocking:
    def __init__(self, words: Sequence[str], stack: ExitStack) -> None:
        self._said = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - ssh's master holds a pipe
        self._process = stack.enter_context(
            subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                start_new_session=True,
            )
        )
        stack.callback(self._process.kill)  # nothing of one that is over

    def end(self, ends_s: float) -> Knocked:
        """What came of it until then."""
        try:
            status = self._process.wait(max(0.0, ends_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            return Knocked(None, "")
        self._said.seek(0)
        return Knocked(status, self._said.read().decode(errors="replace"))

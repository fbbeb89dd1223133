"""The first connection to several hosts, to all at once, so that none waits for a dead one.

Must never ask anything: whose ssh has a question is found out, and asked once nothing else goes on.
"""

import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO

from ollama_top.remote import ssh

PATIENCE_S = 4.0
LEAST_S = 1.0
LOOK_S = 0.02
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
    """What came of each command by its name, all run at once; those that take much longer are ended."""
    with ExitStack() as stack:
        begun = {name: _begun(words, stack) for name, words in commands.items()}
        _await([process for process, _ in begun.values()], patience_s)
        return {name: _knocked(*each) for name, each in begun.items()}


def _begun(words: Sequence[str], stack: ExitStack) -> "tuple[subprocess.Popen[bytes], IO[bytes]]":
    # a pipe would be held open by ssh's master
    said = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
    process = stack.enter_context(
        subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )
    )
    stack.callback(process.kill)  # which does nothing to one that is over
    return process, said


def _await(processes: "Sequence[subprocess.Popen[bytes]]", patience_s: float) -> None:
    """Wait for all; once a host has answered, for those left as long again as the last answer took."""
    began_s, answered = time.monotonic(), 0
    ends_s = last_s = began_s + patience_s
    while None in [each.poll() for each in processes] and time.monotonic() < ends_s:
        before, answered = answered, sum(each.returncode not in {None, ssh.FAILED} for each in processes)
        if answered > before:
            now_s = time.monotonic()
            ends_s = min(last_s, now_s + max(LEAST_S, now_s - began_s))
        time.sleep(LOOK_S)


def _knocked(process: "subprocess.Popen[bytes]", said: IO[bytes]) -> Knocked:
    said.seek(0)
    return Knocked(process.returncode, said.read().decode(errors="replace"))

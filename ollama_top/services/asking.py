"""One question to a program that keeps services: bounded in time, and without a terminal. Reads only.

Must never ask for a password, nor give words that change something.
"""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

TIMEOUT_S = 3.0  # a daemon that hangs must not hold up whoever looks
ENGLISH = {"LC_ALL": "C"}  # what it complains of is recognised by its words


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program has printed, and whether it ended well."""

    out: bytes
    complaint: str
    is_ok: bool


def ask(*words: str) -> Answer | None:
    """What a program answers; None where there is no such program."""
    try:
        done = _run(words)
    except subprocess.TimeoutExpired:
        return Answer(b"", f"{words[0]} did not answer within {TIMEOUT_S:g} s", is_ok=False)
    except OSError:
        return None
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return Answer(done.stdout, lines[-1] if lines else "", is_ok=done.returncode == 0)


def _run(words: Sequence[str]) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIMEOUT_S,
        check=False,
        start_new_session=True,
        env=os.environ | ENGLISH,
    )

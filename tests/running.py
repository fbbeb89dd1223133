"""The program as people run it: a process of its own; or its command line in this one."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from ollama_top import cli

ROOT = Path(__file__).parents[1]
NOBODY = "127.0.0.1:1"
"""An address where nothing listens: root alone may, and nobody does."""


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "ollama_top", *words]


def run(
    *words: str, environment: Mapping[str, str] | None = None, timeout_s: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run it to its end, away from any terminal."""
    return subprocess.run(
        command(*words),
        cwd=ROOT,
        env=os.environ | (environment or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def run_here(*words: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run it in this process, for what does not hang on streams, signals or a start: half a second less."""
    with (
        patch.dict(os.environ, environment or {}),
        redirect_stdout(StringIO()) as out,
        redirect_stderr(StringIO()) as said,
    ):
        code = cli.run(words)
    return subprocess.CompletedProcess(words, code, out.getvalue(), said.getvalue())


def run_together(*runs: tuple[Sequence[str], Mapping[str, str]]) -> list[subprocess.CompletedProcess[str]]:
    """Several at once, each with its words and its environment: most of a run is waiting."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda each: run(*each[0], environment=each[1]), runs))

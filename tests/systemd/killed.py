"""Runs inside the sandbox: ollama-top, killed (SIGKILL) once so many lines of its journal are on the disk."""

import os
import signal
import sys
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from ollama_top.apply import journal
from ollama_top.cli import main

LAST = int(sys.argv[1])
_append, _numbers = journal._append, count(1)


def append(path: Path, document: Mapping[str, Any]) -> None:
    _append(path, document)
    if next(_numbers) == LAST:
        os.kill(os.getpid(), signal.SIGKILL)


journal._append = append
main(sys.argv[2:])

"""The limits in force for a process, as /proc/PID/limits tells anybody."""

import re
from dataclasses import dataclass

from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.sources import proc

UNLIMITED = Missing(Why.ABSENT, "unlimited")
UNTOLD = Missing(Why.UNSUPPORTED, "this system does not tell the limits of a process")
LINE = re.compile(
    r"^Max (open files|locked memory) +(\d{1,20}|unlimited) +(\d{1,20}|unlimited)\b", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Some limits of one process; what has none is absent."""

    open_files: Reading[int] = UNTOLD
    open_files_hard: Reading[int] = UNTOLD
    locked_memory_bytes: Reading[int] = UNTOLD


def read(pid: int) -> Limits:
    """The limits of a process; all missing where the system does not tell them."""
    return parse(proc.read_text(pid, "limits") or "")


def parse(text: str) -> Limits:
    """The limits in the text of /proc/PID/limits."""
    found = {name: (_limit(soft), _limit(hard)) for name, soft, hard in LINE.findall(text)}
    files = found.get("open files", (UNTOLD, UNTOLD))
    return Limits(*files, found.get("locked memory", (UNTOLD, UNTOLD))[0])


def _limit(word: str) -> Reading[int]:
    return UNLIMITED if word == "unlimited" else Known(int(word), Source.PROCESSES)

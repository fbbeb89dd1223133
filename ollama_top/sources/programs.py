"""The program of a process, as a person would call it.

Tells names of programs and scripts only: other arguments may hold secrets.
"""

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.sources import proc

OWN_NAMESPACE = Path("/proc/self/ns/pid")
FIRST_NAMESPACE = "pid:[4026531836]"  # the number that Linux gives to the namespace of the machine itself
LONGEST = 40


def program_of(pid: int) -> Reading[str]:
    """The program of a process of this machine, by a number that its kernel or a driver told.

    Within a container such a number may be another process's, so none is named there.
    """
    if not _is_whole_machine():
        return Missing(Why.NOT_LOCAL, "ollama-top runs in a container, where processes have other numbers.")
    gone = f"No process {pid} is to be seen here: it has ended, or is hidden from this user."
    name = name_of(pid, command_line(pid))
    return Known(name, Source.PROCESSES) if name else Missing(Why.ABSENT, gone)


def command_line(pid: int) -> list[str]:
    """The words that a process was started with; one empty word where they cannot be read."""
    return (proc.read_text(pid, "cmdline") or "").rstrip("\0").split("\0")


def name_of(pid: int, words: Sequence[str]) -> str:
    """The program of a process with this command line: `python3 bot.py`, `ollama run`.

    Empty once it is gone.
    """
    return program_name(words) or (proc.read_text(pid, "comm") or "").strip()


def program_name(words: Sequence[str]) -> str:
    """The program of a command line; empty where there is none, as of the kernel's own threads."""
    base = PurePosixPath(words[0]).name if words else ""
    if base.startswith(("python", "node", "ruby", "deno", "bun")):
        script = next((word for word in words[1:] if not word.startswith("-")), "")
        module = words[words.index("-m") + 1] if "-m" in words[:-1] else ""
        return f"{base} {module or PurePosixPath(script).name}".strip()[:LONGEST]
    if base == "ollama" and len(words) > 1:
        return f"ollama {words[1]}"[:LONGEST]
    return base[:LONGEST]


def _is_whole_machine() -> bool:
    """Whether our numbers of processes are the machine's; systems without namespaces have no others."""
    try:
        return os.readlink(OWN_NAMESPACE) == FIRST_NAMESPACE  # noqa: PTH115 - its target is no path
    except OSError:
        return True

"""Where a server writes to: proved by its own open files, else known by what keeps it."""

import os
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.model.server import Keeper
from ollama_top.ollama.homebrew import LOG as HOMEBREW_LOG
from ollama_top.ollama.installation import APP_LOG
from ollama_top.sources import proc
from ollama_top.sources.logs.containers import ContainerFollower
from ollama_top.sources.logs.files import FileFollower
from ollama_top.sources.logs.follower import Follower
from ollama_top.sources.logs.journal import JournalFollower
from ollama_top.sources.owner import ServerProcess

KNOWN = (  # of macOS's app, of Homebrew on macOS and on Linux, of Windows' app
    APP_LOG,
    f"/opt/homebrew/{HOMEBREW_LOG}",
    f"/usr/local/{HOMEBREW_LOG}",
    f"/home/linuxbrew/.linuxbrew/{HOMEBREW_LOG}",
    "$LOCALAPPDATA/Ollama/server.log",
)
KEEP = "its lines are not kept anywhere: start it as a service, or with `2>FILE`"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a log is read."""

    name: Reading[str]  # in words for a person, or why there is none
    followers: tuple[Follower, ...] = ()


def find_place(server: ServerProcess, zone: tzinfo) -> Place:
    """Where the log of a server can be followed."""
    files = open_files(server.pid)
    if files:
        names = " and ".join(dict.fromkeys(name for name, _ in files))
        return _place(names, *(FileFollower(path) for _, path in files))
    if server.keeper is Keeper.CONTAINER and server.unit is not None:
        name = f"the log of container {server.unit}"
        return _place(name, ContainerFollower(server.unit, zone))
    if server.keeper in {Keeper.SYSTEMD, Keeper.SYSTEMD_USER} and server.unit is not None:
        option = "--unit" if server.keeper is Keeper.SYSTEMD else "--user-unit"
        return _place(f"the journal of {server.unit}", JournalFollower([f"{option}={server.unit}"], zone))
    return _other(server, zone)


def open_files(pid: int) -> list[tuple[str, Path]]:
    """The files that standard output and error of a process lead to; one of them where both are one."""
    found: dict[tuple[int, int], tuple[str, Path]] = {}
    for number in (2, 1):
        name, path = proc.descriptor_path(pid, number), Path(f"/proc/{pid}/fd/{number}")
        if name is None or not name.startswith("/"):
            continue
        status = _status(path)
        if status is not None and stat.S_ISREG(status.st_mode):
            found.setdefault((status.st_dev, status.st_ino), (name, path))
    return list(found.values())


def _other(server: ServerProcess, zone: tzinfo) -> Place:
    target = proc.descriptor_path(server.pid, 2)
    if target is None and not sys.platform.startswith("linux"):
        return _known(server.started_at, KNOWN)
    if target is None:
        words = f"where it writes to may be seen by user {server.user} and root only"
        return Place(Missing(Why.DENIED, f"{words}: run ollama-top as one of them"))
    if target.startswith("socket:"):
        name = f"the journal of process {server.pid}"
        return _place(name, JournalFollower([f"_PID={server.pid}"], zone))
    where = "a pipe" if target.startswith("pipe:") else target
    return Place(Missing(Why.ABSENT, f"the server writes to {where}, and {KEEP}"))


def _known(started_at: datetime, places: Sequence[str]) -> Place:
    """The first known place that was written to since the server began; an older file is another's."""
    for each in places:
        path = Path(os.path.expandvars(each)).expanduser()
        status = _status(path)
        if status is not None and status.st_mtime >= started_at.timestamp():
            return _place(str(path), FileFollower(path))
    return Place(Missing(Why.ABSENT, "no log is found where macOS's app and Homebrew keep theirs"))


def _place(name: str, *followers: Follower) -> Place:
    return Place(Known(name, Source.LOG), followers)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None

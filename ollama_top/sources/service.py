"""The service that keeps the server, and what its next start would get. Reads only; for one thread."""

import math
import pwd
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from ollama_top.model.reading import Known, Missing, Reading, Why
from ollama_top.model.server import Keeper
from ollama_top.model.service import Service
from ollama_top.ollama.installation import UNIT
from ollama_top.services.containers.service import read_container
from ollama_top.services.snap import read_snap, snap_of
from ollama_top.services.systemd.service import read_service
from ollama_top.sources.owner import ServerProcess

BY_HAND = Missing(Why.ABSENT, "no service manager keeps it: its next start gets what its starter has")
OPENRC = Missing(Why.UNSUPPORTED, "OpenRC keeps it: /etc/conf.d tells what its next start would get")


REFUSAL_KEPT_S = 300.0  # docker is a program to start, and seldom changes its mind


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was told of a server's container, and until when that is good."""

    server: ServerProcess
    answer: Reading[Service]
    until_s: float


class ServiceWatch:
    """Asks whoever keeps a server; of a container only once, since it cannot be changed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Prepare; nothing is asked yet. The clock tells seconds."""
        self._clock = clock
        self._container: _Kept | None = None

    def look(self, server: Reading[ServerProcess]) -> Reading[Service]:
        """The service that keeps this server; where no server is found, one that should and does not run."""
        if isinstance(server, Missing):
            return _failed() or server
        kept = self._container
        if kept is not None and kept.server == server.value and self._clock() < kept.until_s:
            return kept.answer
        found = look_at(server.value)
        self._container = self._keep(server.value, found)
        return found

    def _keep(self, server: ServerProcess, found: Reading[Service]) -> _Kept | None:
        if server.keeper is not Keeper.CONTAINER:
            return None
        until_s = math.inf if isinstance(found, Known) else self._clock() + REFUSAL_KEPT_S
        return _Kept(server, found, until_s)


def look_at(kept: ServerProcess) -> Reading[Service]:
    """The service that keeps this server, by whoever keeps it."""
    match kept.keeper:
        case Keeper.CONTAINER:
            return read_container(kept.unit, kept.cgroup)
        case Keeper.OPENRC:
            return OPENRC
        case Keeper.LAUNCHD | Keeper.APP:
            return _on_macos(kept)
        case Keeper.SYSTEMD | Keeper.SYSTEMD_USER if kept.unit is not None:
            return _by_systemd(kept.unit, user=kept.keeper is Keeper.SYSTEMD_USER)
    return BY_HAND


def _on_macos(kept: ServerProcess) -> Reading[Service]:
    from ollama_top.services.macos.service import read_app, read_job  # noqa: PLC0415 - 1.2 MB for one system

    if kept.keeper is Keeper.LAUNCHD:
        return read_job(kept.unit, *_owner(kept), kept.started_at)
    return read_app(_parent(kept.pid), *_owner(kept), kept.started_at)


def _by_systemd(unit: str, *, user: bool) -> Reading[Service]:
    snap = snap_of(unit)
    return read_snap(unit, snap) if snap else read_service(unit, user=user)


def _owner(kept: ServerProcess) -> tuple[Path, int]:
    """The home and the number of the user that a server runs as."""
    try:
        found = pwd.getpwnam(kept.user)
    except KeyError:
        return Path.home(), -1
    return Path(found.pw_dir), found.pw_uid


def _parent(pid: int) -> int:
    try:
        return psutil.Process(pid).ppid()
    except psutil.Error:
        return 0


def _failed() -> Reading[Service] | None:
    """The usual unit, if it is there and its process is not: it may explain why no server is."""
    found = read_service(UNIT, user=False)
    is_down = isinstance(found, Known) and found.value.is_loaded and not found.value.is_running
    return found if is_down else None

"""Which process is the server: the one that holds the API port, proved and never guessed by name.

With a tunnel, a container or another namespace nothing local is taken for the server.
"""

import os
import pwd
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.model.server import Keeper
from ollama_top.ollama.argv import is_serve
from ollama_top.services import cgroup
from ollama_top.services.cgroup import Membership
from ollama_top.services.snap import snap_of
from ollama_top.services.systemd.bus import read_unit
from ollama_top.sources import proc, sockets
from ollama_top.sources.inet_diag import Socket

MANUAL = Membership(Keeper.MANUAL, None)
FIRST = 1  # a server with this number is the main program of the container that ollama-top is in
AS_ROOT = "sudo $(command -v ollama-top)"  # finds it in a virtual environment too


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """The server's process, and who keeps it."""

    pid: int
    user: str
    started_at: datetime
    keeper: Keeper
    unit: str | None
    cgroup: str | None = None  # its path, where it is in one


def listeners(port: int) -> frozenset[int]:
    """What changes when a port changes hands: the listening sockets' own numbers; raises DiagError."""
    return (
        frozenset(each.cookie for each in sockets.listening(port)) if sockets.is_supported() else frozenset()
    )


def find_owner(port: int) -> Reading[ServerProcess]:
    """The `ollama serve` that listens on a port of this machine; raises DiagError."""
    if not sockets.is_supported():
        return _find_by_connections(port)
    listening = sockets.listening(port)
    if not listening:
        return Missing(Why.NOT_LOCAL, f"no process of this machine listens on port {port}")
    held = proc.holders(frozenset(each.inode for each in listening))
    serving = [pid for pid in held.values() if is_serve(_argv(pid))]
    if serving:
        return _describe(serving[0])
    if held:
        return _foreign(port, next(iter(held.values())))
    return _find_by_cgroup(port, listening)


def _find_by_connections(port: int) -> Reading[ServerProcess]:
    """Where there is no socket diagnosis: the processes of this user tell their own ports."""
    for process in psutil.process_iter():
        try:
            if is_serve(process.cmdline()) and any(
                each.laddr and each.laddr.port == port and each.status == psutil.CONN_LISTEN
                for each in process.net_connections(kind="tcp")
            ):
                return _describe(process.pid)
        except psutil.Error:
            continue  # another user's, or gone
    return Missing(
        Why.DENIED, f"no `ollama serve` of this user listens on port {port}; others may not be seen"
    )


def _foreign(port: int, pid: int) -> Missing:
    words = _argv(pid)
    name = Path(words[0]).name if words else "a process"
    return Missing(
        Why.NOT_LOCAL, f"port {port} is held by {name} (pid {pid}): the server is behind it, elsewhere"
    )


def _find_by_cgroup(port: int, listening: Sequence[Socket]) -> Reading[ServerProcess]:
    """Another user's server: same user and cgroup as the socket, and the main process of its unit."""
    owners = {(each.uid, each.cgroup) for each in listening}
    for pid in proc.pids():
        if is_serve(_argv(pid)) and (_uid(pid), _cgroup_number(pid)) in owners:
            found = _describe(pid)
            if isinstance(found, Known) and found.value.keeper in {Keeper.SYSTEMD, Keeper.SYSTEMD_USER}:
                return found
    seer = _seer(_user_name(listening[0].uid))
    return Missing(Why.DENIED, f"who holds port {port} may be seen by {seer} only: run ollama-top as {seer}")


def denied(what: str, user: str) -> Missing:
    """Why something of a process of `user` is missing, and what to type to see it."""
    return Missing(Why.DENIED, f"{what} may be read by {_seer(user)} only: {AS_ROOT} shows it")


def _seer(user: str) -> str:
    return "root" if user == "root" else f"user {user} or root"


def _describe(pid: int) -> Reading[ServerProcess]:
    try:
        process = psutil.Process(pid)
        started_at = datetime.fromtimestamp(process.create_time(), UTC)
        user = _user_name(process.uids().real)
        path = cgroup.cgroup_path(proc.read_text(pid, "cgroup") or "")
        kept = _kept(process, path)
    except psutil.Error:
        return Missing(Why.FAILED, f"the server's process {pid} ended while it was looked at")
    return Known(ServerProcess(pid, user, started_at, kept.keeper, kept.unit, path), Source.PROCESSES)


def _kept(process: psutil.Process, path: str | None) -> Membership:
    """Who keeps a server; a unit only when this is its main process, since a shell may live in one too.

    A snap's main process is the launcher, whose child the server is.
    """
    if os.uname().sysname == "Darwin":
        from ollama_top.services.macos.service import keeper_of  # noqa: PLC0415 - 1.2 MB for one system

        parent = process.parent()
        return keeper_of(process.pid, process.ppid(), (parent.cmdline() or [""])[0] if parent else "")
    if process.pid == FIRST:
        return Membership(Keeper.CONTAINER, None)
    kept = cgroup.membership(path) if path else MANUAL
    if kept.unit is None or kept.keeper not in {Keeper.SYSTEMD, Keeper.SYSTEMD_USER}:
        return kept
    unit = read_unit(kept.unit, user=kept.keeper is Keeper.SYSTEMD_USER)
    main = {process.pid, process.ppid()} if snap_of(kept.unit) else {process.pid}
    return kept if unit and unit.main_pid in main else MANUAL


def _argv(pid: int) -> list[str]:
    text = proc.read_text(pid, "cmdline")
    return text.rstrip("\0").split("\0") if text else []


def _uid(pid: int) -> int | None:
    try:
        return os.stat(f"/proc/{pid}").st_uid  # noqa: PTH116 - one of many in a loop
    except OSError:
        return None


def _cgroup_number(pid: int) -> int | None:
    """The number by which the kernel knows the cgroup of a process: its folder's inode."""
    mount = cgroup.cgroup2_mount(proc.read_text(os.getpid(), "mountinfo") or "")
    path = next(
        (line[3:] for line in (proc.read_text(pid, "cgroup") or "").splitlines() if line.startswith("0::")),
        None,
    )
    if mount is None or path is None:
        return None
    try:
        return Path(mount + path).stat().st_ino
    except OSError:
        return None


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)

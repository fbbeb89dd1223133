"""Who keeps a process, told by its control group. Pure: reads the texts of /proc.

A cgroup names what a process was started under, not that it is that unit's main process.
"""

import re
from dataclasses import dataclass

from ollama_top.model.server import Keeper

CONTAINER = re.compile(
    r"/(?:"
    r"(?:[\w-]+-)?(?P<id>[0-9a-f]{64})(?:\.scope)?"  # docker, podman, Kubernetes with any runtime
    r"|lxc(?:\.payload[./]|/)(?P<lxc>[^/]+)"
    r"|(?:machine-|systemd-nspawn@)(?P<machine>[^/]+)\.(?:scope|service)"
    r")(?=/|$)"
)
SHORT_ID = 12
UNIT = re.compile(r"/([^/]+\.(?:service|scope))(?=/|$)")
OPENRC = re.compile(r"/openrc\.([^/]+)(?=/|$)")
USER_MANAGER = re.compile(r"/user@\d+\.service/")
OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Membership:
    """What a cgroup path says: the keeper and the name of the unit or container."""

    keeper: Keeper
    unit: str | None


def cgroup_path(proc_cgroup: str) -> str | None:
    """The path in /proc/PID/cgroup: of systemd's own hierarchy, else of version 2; None at the root.

    Where both are there (a hybrid of both versions), a container may be seen in the first only.
    """
    lines = [line.split(":", 2) for line in proc_cgroup.splitlines() if line.count(":") >= 2]
    paths = {number if name == "" else name: path for number, name, path in lines if path != "/"}
    return paths.get("name=systemd") or paths.get("0")


def membership(path: str) -> Membership:
    """What a cgroup path says of the processes in it; the outermost container, else the innermost unit."""
    container = CONTAINER.search(path)
    if container:
        short_id = (container["id"] or "")[:SHORT_ID]
        return Membership(Keeper.CONTAINER, short_id or container["lxc"] or container["machine"])
    openrc = OPENRC.search(path)
    if openrc:
        return Membership(Keeper.OPENRC, openrc[1])
    units = list(UNIT.finditer(path))
    if units and units[-1][1].endswith(".service"):
        in_user_manager = USER_MANAGER.search(path[: units[-1].start() + 1]) is not None
        return Membership(Keeper.SYSTEMD_USER if in_user_manager else Keeper.SYSTEMD, units[-1][1])
    return Membership(Keeper.MANUAL, None)


def cgroup2_mount(mountinfo: str) -> str | None:
    """Where /proc/self/mountinfo says that cgroup version 2 is mounted."""
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if after.startswith("cgroup2 ") and len(fields) > 4:
            return OCTAL.sub(lambda escaped: chr(int(escaped[1], 8)), fields[4])
    return None

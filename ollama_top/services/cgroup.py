"""Who keeps a process, told by its control group. Pure: reads the texts of /proc.

A cgroup names what a process was started under, not that it is that unit's main process.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

CONTAINER = re.compile(
    r"(?:docker|libpod|crio|cri-containerd|lxc|nspawn|kubepods|machine-)[-./_]?", re.IGNORECASE
)
CONTAINER_ID = re.compile(r"([0-9a-f]{12,64})(?:\.scope)?$")
USER_MANAGER = re.compile(r"/user@\d+\.service/")


class Keeper(StrEnum):
    """What started a server."""

    SYSTEMD = "systemd"
    SYSTEMD_USER = "systemd --user"
    LAUNCHD = "launchd"
    CONTAINER = "container"
    MANUAL = "manual"  # a terminal, or a program of the user's


@dataclass(frozen=True, slots=True)
class Membership:
    """What a cgroup path says: the keeper and the name of the unit or container."""

    keeper: Keeper
    unit: str | None


def cgroup_path(proc_cgroup: str) -> str | None:
    """The path in /proc/PID/cgroup: of version 2, else of systemd's own hierarchy."""
    lines = [line.split(":", 2) for line in proc_cgroup.splitlines() if line.count(":") >= 2]
    unified = next((path for number, _, path in lines if number == "0" and path != "/"), None)
    return unified or next((path for _, name, path in lines if name == "name=systemd"), None)


def membership(path: str) -> Membership:
    """What a cgroup path says of the processes in it."""
    last = path.rstrip("/").rpartition("/")[2]
    if CONTAINER.search(path):
        found = CONTAINER_ID.search(path)
        return Membership(Keeper.CONTAINER, found[1][:12] if found else last)
    if last.endswith(".service"):
        in_user_manager = USER_MANAGER.search(path) is not None
        return Membership(Keeper.SYSTEMD_USER if in_user_manager else Keeper.SYSTEMD, last)
    return Membership(Keeper.MANUAL, None)


def cgroup2_mount(mountinfo: str) -> str | None:
    """Where /proc/self/mountinfo says that cgroup version 2 is mounted."""
    for line in mountinfo.splitlines():
        before, separator, after = line.partition(" - ")
        if separator and after.startswith("cgroup2 "):
            return before.split()[4].encode().decode("unicode_escape")
    return None

"""What /proc tells of other people's processes and of the sockets they hold.

What may not be read is left out; the caller knows from what is missing that it was denied.
"""

import os
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
SOCKET_LINK = "socket:["


def pids() -> Iterator[int]:
    """The processes that are there now."""
    for name in os.listdir(PROC):  # noqa: PTH208 - names suffice, and Path objects cost
        if name.isdigit():
            yield int(name)


def read_text(pid: int, name: str) -> str | None:
    """A file of /proc/PID; None when the process is gone or may not be looked into."""
    try:
        return (PROC / str(pid) / name).read_text(errors="replace")
    except OSError:
        return None


def socket_inodes(pid: int) -> frozenset[int]:
    """The sockets that a process holds; empty when it may not be looked into."""
    folder = f"{PROC}/{pid}/fd"
    found: set[int] = set()
    try:
        for name in os.listdir(folder):  # noqa: PTH208 - as above: this runs over every process
            found.update(_inode(f"{folder}/{name}"))
    except OSError:
        return frozenset(found)
    return frozenset(found)


def holders(inodes: frozenset[int]) -> dict[int, int]:
    """The process that holds each of some sockets, where it may be looked into; by inode."""
    found: dict[int, int] = {}
    for pid in pids():
        for inode in socket_inodes(pid) & inodes:
            found.setdefault(inode, pid)
        if len(found) == len(inodes):
            break
    return found


def descriptor_path(pid: int, number: int) -> str | None:
    """What a file descriptor of a process points to."""
    try:
        return os.readlink(f"{PROC}/{pid}/fd/{number}")  # noqa: PTH115 - may be no path at all
    except OSError:
        return None


def _inode(link: str) -> tuple[int, ...]:
    try:
        target = os.readlink(link)  # noqa: PTH115 - a socket's target is no path
    except OSError:
        return ()
    return (int(target[len(SOCKET_LINK) : -1]),) if target.startswith(SOCKET_LINK) else ()

"""The socket of a feed: made where nobody else listens, for its owner or a group, and taken away again.

Must never take the place of a proxy that runs, nor of a file that is no socket.
"""

import contextlib
import grp
import os
import socket
import stat
from dataclasses import dataclass
from pathlib import Path

BACKLOG = 16
GROUP = 0o660
PATIENCE_S = 1.0


class FeedError(Exception):
    """The feed cannot be where it was asked for; the text says why."""


class TakenError(FeedError):
    """Another proxy tells there."""


@dataclass(frozen=True, slots=True)
class Place:
    """A listening socket, and the file that leads to it."""

    socket: socket.socket
    path: Path
    inode: int

    def leave(self) -> None:
        """Close the socket, and take its file away unless it is another's by now."""
        self.socket.close()
        with contextlib.suppress(OSError):
            if self.path.lstat().st_ino == self.inode:
                self.path.unlink()


def take(path: Path, group: str | None = None) -> Place:
    """A place that only its owner may use, or with `group` its members too; raises FeedError."""
    group_id = _group_id(group)
    try:
        _clear(path)
        own = _bound(path, group_id)
        return Place(own, path, path.lstat().st_ino)
    except OSError as error:
        raise FeedError(f"{path}: {error.strerror or error}") from None


def is_live(path: Path) -> bool:
    """Whether somebody listens at a socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(PATIENCE_S)
        try:
            probe.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:  # full, slow or forbidden: not to be taken away
            return True
    return True


def _clear(path: Path) -> None:
    """Take away what a proxy left that is gone; raises FeedError for anything else that is there."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise FeedError(f"{path} is there, and is no socket")
    if is_live(path):
        raise TakenError(f"{path} is the feed of another proxy that runs; --feed takes another path")
    path.unlink(missing_ok=True)


def _bound(path: Path, group_id: int | None) -> socket.socket:
    own = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)  # from its first moment nobody else may use it
    try:
        own.bind(str(path))
        if group_id is not None:
            os.chown(path, -1, group_id)
            path.chmod(GROUP)
        own.listen(BACKLOG)
    except OSError:
        own.close()
        raise
    finally:
        os.umask(before)
    return own


def _group_id(group: str | None) -> int | None:
    try:
        return None if group is None else grp.getgrnam(group).gr_gid
    except KeyError:
        raise FeedError(f"there is no group {group!r}") from None

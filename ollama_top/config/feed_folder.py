"""Where proxies put their feeds, so that monitors find them: one socket a listener, in one folder.

Must never put a socket where another user could put one in its place.
"""

import os
import re
import stat
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

NAME = "ollama-top"
SYSTEM_FOLDER = Path("/run") / NAME
"""Where a proxy that runs as a service of the system has its feed."""

UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
OWNER_ONLY = 0o700
MOST = 4  # proxies at one address, all but one of which stop
ROOT = 0


class UnsafeFolderError(Exception):
    """The folder cannot be trusted with a socket; the text says why."""


def feed_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The user's folder; it may not be there yet."""
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    if runtime.startswith("/"):
        return Path(runtime) / NAME
    return Path(tempfile.gettempdir()) / f"{NAME}-{os.getuid()}"


def feed_path(listen: str, environ: Mapping[str, str] = os.environ) -> Path:
    """The feed of the proxy that listens on an address and port."""
    return feed_paths(listen, environ)[0]


def feed_paths(listen: str, environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Where that proxy's feed can be: the first that no other has, as one that stops may for a while."""
    folder = feed_folder(environ)
    return tuple(folder / name for name in feed_names(listen))


def feed_names(listen: str) -> tuple[str, ...]:
    """What that feed can be called, in whatever folder."""
    name = f"proxy-{UNSAFE.sub('-', listen).strip('-')}"
    more = (f".{number}" for number in range(2, MOST + 1))
    return tuple(f"{name}{number}.sock" for number in ("", *more))


def trusted(environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """The folders in which nobody can have put a feed who should not; the user's own before the system's."""
    own, system = feed_folder(environ), SYSTEM_FOLDER
    return (*((own,) if _holds(is_safe, own) else ()), *((system,) if _holds(is_given, system) else ()))


def make_folder(folder: Path) -> None:
    """Make the user's folder where it is not there; raises UnsafeFolderError for one that is not safe."""
    try:
        folder.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    except OSError as error:
        raise UnsafeFolderError(f"{folder}: {error.strerror}") from None
    if not is_safe(folder):
        raise UnsafeFolderError(f"{folder} is not a folder that only this user can write to")


def is_given(folder: Path) -> bool:
    """Whether only root can have made it, and only whom root gave it to can write to it; raises OSError.

    systemd gives a service's runtime folder to the user that the service runs as.
    """
    above, found = folder.parent.lstat(), folder.lstat()
    is_roots = above.st_uid == ROOT and not above.st_mode & 0o022
    return is_roots and stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o022


def _holds(judge: Callable[[Path], bool], folder: Path) -> bool:
    try:
        return judge(folder)
    except OSError:  # it is not there
        return False


def is_safe(folder: Path) -> bool:
    """Whether nobody but this user or root can have put anything there; raises OSError."""
    found = folder.lstat()
    is_ours = found.st_uid in {os.getuid(), ROOT}
    return stat.S_ISDIR(found.st_mode) and is_ours and not found.st_mode & 0o022

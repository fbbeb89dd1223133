"""Files that are kept between runs: where they lie, one writer at a time, the old text or the new.

Must never leave a broken file behind, whoever else writes at the same time.
"""

import fcntl
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOCK_PATIENCE_S = 1.0
UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
NAME_LENGTH = 60


def whose(server: str, machine: str) -> str:
    """What a file is about, in words for a person: a home may be shared by several machines."""
    return f"{server} from {machine}"


def folder() -> Path:
    """Where all of them lie."""
    import platformdirs  # noqa: PLC0415 - 18 ms that --help does not need

    return platformdirs.user_state_path("ollama-top")


def changes_folder() -> Path:
    """Where changes of settings are kept; there is none before the first."""
    return folder() / "changes"


def path_for(kind: str, server: str, machine: str) -> Path:
    """The file of one kind, for one server as looked at from one machine."""
    digest = hashlib.sha256(whose(server, machine).encode(errors="surrogatepass")).hexdigest()[:12]
    name = UNSAFE.sub("-", f"{machine}-{server.partition('://')[2] or server}")[:NAME_LENGTH].strip("-.")
    return folder() / f"{kind}-{name}-{digest}.json"


def replace(path: Path, text: str, prepare: Callable[[int], object] = lambda _: None) -> None:
    """Write a text in the place of another, readable by its owner only; raises OSError.

    `prepare` is given the descriptor of the new file when all is in it; what it raises keeps the old one.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as opened:
            opened.write(text)
            opened.flush()
            prepare(opened.fileno())
            os.fsync(opened.fileno())
        Path(name).replace(path)
    finally:
        with suppress(OSError):  # it is gone where all went well
            Path(name).unlink()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Alone among writers for the length of the `with`; raises BlockingIOError when that takes too long."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with _held(descriptor):
        yield


@contextmanager
def locked_folder(path: Path) -> Iterator[None]:
    """As `locked`, by the folder itself: for folders in which no file of ours should lie about."""
    with _held(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)):
        yield


@contextmanager
def _held(descriptor: int) -> Iterator[None]:
    try:
        _lock(descriptor, time.monotonic() + LOCK_PATIENCE_S)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, ends_s: float) -> None:
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > ends_s:
                raise
            time.sleep(0.01)
        except OSError:
            return None  # a file system without locks: of two at the same moment one loses its change

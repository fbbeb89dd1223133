"""The file that keeps how a user looks at one server from one machine.

Must never leave a broken file behind, whoever else writes at the same time; nor write over one
that it does not understand: a broken one is put aside first, a newer one is let be.
"""

import fcntl
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ollama_top.config import kept
from ollama_top.config.kept import BrokenError, Kept, NewerError, Values

LARGEST_BYTES = 64 << 10  # what is larger was not written by ollama-top
LOCK_PATIENCE_S = 1.0
UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
NAME_LENGTH = 60
LOCK = ".lock"


class NotKeptError(Exception):
    """A change was not kept; the text says why."""


class KeptFile:
    """One file; blocking, and safe against other monitors that write to it."""

    def __init__(self, path: Path, whose: str) -> None:
        """Prepare without looking; `whose` is written into the file for a person."""
        self.path = path
        self._whose = whose

    def load(self) -> tuple[Kept, str | None]:
        """What is kept, and what is wrong with the file, in a sentence; None when nothing is."""
        try:
            return kept.kept_of(self._values()), None
        except (BrokenError, NewerError) as error:
            return Kept(), f"The kept view is not used, {error}: {self.path}"
        except OSError as error:
            return Kept(), f"The kept view cannot be read, {error.strerror}: {self.path}"

    def save(self, changed: Values) -> str | None:
        """Keep some changes beside what the file holds; what else was done, in a sentence.

        Raises NotKeptError.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with _locked(self.path.with_name(LOCK)):
                return self._save(changed)
        except NewerError as error:
            raise NotKeptError(f"The view is not kept, {error}: {self.path}") from None
        except OSError as error:
            raise NotKeptError(f"The view is not kept, {error.strerror}: {self.path}") from None

    def _save(self, changed: Values) -> str | None:
        note = None
        try:
            values = self._values()
        except BrokenError as error:
            aside, values = self._put_aside(), {}
            note = f"The kept view could not be used, {error}: put aside as {aside.name}"
        self._replace(kept.text_of(kept.merged(values, changed), self._whose))
        return note

    def _values(self) -> Values:
        try:
            with self.path.open("rb") as opened:
                content = opened.read(LARGEST_BYTES + 1)
        except FileNotFoundError:
            return {}
        if len(content) > LARGEST_BYTES:
            raise BrokenError("it is too large")
        try:
            return kept.parse(content.decode())
        except UnicodeDecodeError:
            raise BrokenError("it is no text in UTF-8") from None

    def _put_aside(self) -> Path:
        """Rename the file to the first name that is free."""
        number = 1
        while (aside := self.path.with_name(f"{self.path.name}.broken-{number}")).exists():
            number += 1
        self.path.rename(aside)
        return aside

    def _replace(self, text: str) -> None:
        """The old file or the new one, and nothing in between; readable by its owner only."""
        descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
                opened.write(text)
                opened.flush()
                os.fsync(opened.fileno())
            Path(name).replace(self.path)
        except OSError:
            with suppress(OSError):
                Path(name).unlink()
            raise


def file_for(server: str, machine: str) -> KeptFile:
    """The file of one server as looked at from one machine: a home may be shared by several."""
    import platformdirs  # noqa: PLC0415 - 18 ms that --help does not need

    whose = f"{server} from {machine}"
    digest = hashlib.sha256(whose.encode(errors="surrogatepass")).hexdigest()[:12]
    name = UNSAFE.sub("-", f"{machine}-{server.partition('://')[2] or server}")[:NAME_LENGTH].strip("-.")
    return KeptFile(platformdirs.user_state_path("ollama-top") / f"view-{name}-{digest}.json", whose)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Alone among monitors for the length of the `with`; raises BlockingIOError when that takes too long."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
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

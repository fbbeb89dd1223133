"""The file that keeps what bursts of one server measured, as seen from one machine.

Must never write over a file that it does not understand, nor leave a broken one behind.
"""

from pathlib import Path

from ollama_top.config import state_file
from ollama_top.config.kept_bursts import UnusableError, parse, text_of
from ollama_top.model.burst import KeptBurst

LARGEST_BYTES = 1 << 20  # what is larger was not written by ollama-top
LOCK = ".lock-bursts"


class NotKeptError(Exception):
    """A result was not kept, or what was kept cannot be read; the text says why."""


class BurstFile:
    """One file; blocking, and safe against others that write to it."""

    def __init__(self, path: Path, whose: str) -> None:
        """Prepare without looking; `whose` is written into the file for a person."""
        self.path = path
        self._whose = whose

    def load(self) -> tuple[KeptBurst, ...]:
        """What is kept, the oldest first; nothing where there is no file. Raises NotKeptError."""
        try:
            return _parsed(self._content())
        except FileNotFoundError:
            return ()
        except UnicodeDecodeError:
            raise NotKeptError(f"Kept bursts are not used, they are no text in UTF-8: {self.path}") from None
        except UnusableError as error:
            raise NotKeptError(f"Kept bursts are not used, {error}: {self.path}") from None
        except OSError as error:
            raise NotKeptError(f"Kept bursts cannot be read, {error.strerror}: {self.path}") from None

    def _content(self) -> bytes:
        with self.path.open("rb") as opened:
            return opened.read(LARGEST_BYTES + 1)

    def add(self, burst: KeptBurst) -> tuple[KeptBurst, ...]:
        """Keep one more; all that is kept now. Raises NotKeptError."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with state_file.locked(self.path.with_name(LOCK)):
                bursts = (*self.load(), burst)
                state_file.replace(self.path, text_of(bursts, self._whose))
                return bursts
        except OSError as error:
            raise NotKeptError(f"The burst is not kept, {error.strerror}: {self.path}") from None


def _parsed(content: bytes) -> tuple[KeptBurst, ...]:
    if len(content) > LARGEST_BYTES:
        raise UnusableError("it is too large")
    return parse(content.decode())


def file_for(server: str, machine: str) -> BurstFile:
    """The file of one server as looked at from one machine."""
    return BurstFile(state_file.path_for("bursts", server, machine), state_file.whose(server, machine))

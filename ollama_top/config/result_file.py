"""A file that keeps results of one kind, as seen from one machine.

Must never write over a file that it does not understand, nor leave a broken one behind.
"""

from pathlib import Path
from typing import Generic, TypeVar

from ollama_top.config import state_file
from ollama_top.config.results import Results, UnusableError

T = TypeVar("T")
LARGEST_BYTES = 1 << 20  # what is larger was not written by ollama-top


class NotKeptError(Exception):
    """A result was not kept, or what was kept cannot be read; the text says why."""


class ResultFile(Generic[T]):
    """One file; blocking, and safe against others that write to it."""

    def __init__(self, path: Path, whose: str, results: Results[T]) -> None:
        """Prepare without looking; `whose` is written into the file for a person."""
        self.path = path
        self._whose = whose
        self._results = results

    def load(self) -> tuple[T, ...]:
        """What is kept, the oldest first; nothing where there is no file. Raises NotKeptError."""
        kept = f"Kept {self._results.name}s"
        try:
            return self._parsed(self._content())
        except FileNotFoundError:
            return ()
        except UnicodeDecodeError:
            raise NotKeptError(f"{kept} are not used, they are no text in UTF-8: {self.path}") from None
        except UnusableError as error:
            raise NotKeptError(f"{kept} are not used, {error}: {self.path}") from None
        except OSError as error:
            raise NotKeptError(f"{kept} cannot be read, {error.strerror}: {self.path}") from None

    def add(self, result: T) -> tuple[T, ...]:
        """Keep one more; all that is kept now. Raises NotKeptError."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with state_file.locked(self.path.with_name(f".lock-{self._results.name}s")):
                results = (*self.load(), result)
                state_file.replace(self.path, self._results.text_of(results, self._whose))
                return results
        except OSError as error:
            name = self._results.name
            raise NotKeptError(f"The {name} is not kept, {error.strerror}: {self.path}") from None

    def _content(self) -> bytes:
        with self.path.open("rb") as opened:
            return opened.read(LARGEST_BYTES + 1)

    def _parsed(self, content: bytes) -> tuple[T, ...]:
        if len(content) > LARGEST_BYTES:
            raise UnusableError("it is too large")
        return self._results.parse(content.decode())

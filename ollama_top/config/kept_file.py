"""The file that keeps how a user looks at one server from one machine.

Must never leave a broken file behind, whoever else writes at the same time; nor write over one
that it does not understand: a broken one is put aside first, a newer one is let be.
"""

from pathlib import Path

from ollama_top.config import kept, state_file
from ollama_top.config.kept import BrokenError, Kept, NewerError, Values

LARGEST_BYTES = 64 << 10  # what is larger was not written by ollama-top
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
            with state_file.locked(self.path.with_name(LOCK)):
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
        state_file.replace(self.path, kept.text_of(kept.merged(values, changed), self._whose))
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


def file_for(server: str, machine: str) -> KeptFile:
    """The file of one server as looked at from one machine: a home may be shared by several."""
    return KeptFile(state_file.path_for("view", server, machine), state_file.whose(server, machine))

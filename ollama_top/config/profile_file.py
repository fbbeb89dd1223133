"""The file that keeps profiles, which a person edits, and several machines may share.

Must never write over a file that it does not understand, or that changed after it was read; nor leave
a broken one behind.
"""

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ollama_top.config import profiles, state_file
from ollama_top.config.machine import Machine
from ollama_top.config.profiles import Book
from ollama_top.config.toml_edit import NotEditableError
from ollama_top.config.toml_text import BrokenTomlError

LARGEST_BYTES = 1 << 20  # what is larger was written by nobody's hand
CHANGED = "it was changed meanwhile"


class ProfileFileError(Exception):
    """The file cannot be read, or was not changed; the text names it and says why."""


class _RefusedError(Exception):
    """Nothing is to be written; the text says why."""


class ProfileFile:
    """One file, as one machine sees it; blocking, and safe against others that write to it."""

    def __init__(self, path: Path, machine: Machine) -> None:
        """Prepare without looking."""
        self.path = path
        self.machine = machine

    def read(self) -> Book:
        """What the file says; nothing where there is none. Raises ProfileFileError."""
        try:
            return profiles.parse(_text(self.path) or "", self.machine, str(self.path))
        except BrokenTomlError as error:
            raise ProfileFileError(f"{self.path}:{error}") from None

    def change(self, edit: Callable[[Book], str], seen: Book | None = None) -> None:
        """Have the text changed, if it still is what was `seen`; raises ProfileFileError."""
        try:
            self._change(edit, seen)
        except BlockingIOError:
            raise self._unwritten("another program writes to it") from None
        except OSError as error:
            raise self._unwritten(error.strerror or error) from None
        except (NotEditableError, _RefusedError) as error:
            raise self._unwritten(error) from None

    def _change(self, edit: Callable[[Book], str], seen: Book | None) -> None:
        path = Path(os.path.realpath(self.path))  # a link to where a person keeps it stays a link
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with state_file.locked_folder(path.parent):
            book = self.read()
            if seen is not None and seen.text != book.text:
                raise _RefusedError(CHANGED)
            text = edit(book)
            if len(text.encode()) > LARGEST_BYTES:
                raise _RefusedError("it would be larger than a mebibyte")
            if text != book.text:
                _replace(path, text, book.text)

    def _unwritten(self, why: object) -> ProfileFileError:
        return ProfileFileError(f"{self.path}: nothing is written, {why}")

    def save(self, name: str, values: profiles.Values, seen: Book | None = None) -> None:
        """Keep a profile, in the place of one of its name; raises ProfileFileError."""
        self.change(lambda book: profiles.with_profile(book.text, self.machine, name, values), seen)

    def delete(self, name: str, seen: Book | None = None) -> None:
        """Take a profile out; raises ProfileFileError."""
        self.change(lambda book: profiles.without_profile(book.text, self.machine, name), seen)


def file_for(machine: Machine) -> ProfileFile:
    """The user's own file."""
    import platformdirs  # noqa: PLC0415 - 18 ms that --help does not need

    return ProfileFile(platformdirs.user_config_path("ollama-top") / "profiles.toml", machine)


def read_export(path: Path) -> Book:
    """The profiles in a file that is to be imported; raises ProfileFileError."""
    text = _text(path)
    if text is None:
        raise ProfileFileError(f"{path}: no such file")
    return parse_export(text, str(path))


def parse_export(text: str, source: str) -> Book:
    """The profiles in a text that is to be imported; raises ProfileFileError."""
    try:
        return profiles.parse_export(text, source)
    except BrokenTomlError as error:
        raise ProfileFileError(f"{source}:{error}") from None


def write_export(path: Path, text: str) -> None:
    """Write a new file, readable by its owner only; raises ProfileFileError, also where there is one."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            state_file.replace(path, text)
        except OSError:
            path.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ProfileFileError(f"{path}: {error.strerror or error}") from None


def _text(path: Path) -> str | None:
    """What a file holds, None where there is none; raises ProfileFileError. Waits for no pipe."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as opened:
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                raise ProfileFileError(f"{path}: it is no plain file")
            content = opened.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ProfileFileError(f"{path}: {error.strerror or error}") from None
    if len(content) > LARGEST_BYTES:
        raise ProfileFileError(f"{path}: it is larger than a mebibyte, and is not read")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ProfileFileError(f"{path}: it is no text in UTF-8") from None


def _replace(path: Path, text: str, before: str) -> None:
    """Write the file anew with its mode and owner, if it still holds what it held."""

    def prepare(descriptor: int) -> None:
        with suppress(FileNotFoundError):
            found = path.stat()
            os.fchmod(descriptor, stat.S_IMODE(found.st_mode))
            with suppress(PermissionError):  # it may be another's in a folder of ours, and becomes ours
                os.fchown(descriptor, found.st_uid, found.st_gid)
        if (_text(path) or "") != before:
            raise _RefusedError(CHANGED)

    state_file.replace(path, text, prepare)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    """Have the new name of the file reach the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

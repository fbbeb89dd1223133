"""The journal of changes: one file each, a line on the disk before each step is begun.

Must never leave a step without a trace: by what stands here a change is finished or undone after a crash.
"""

import fcntl
import json
import os
import platform
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ollama_top.apply.journal_text import VERSION, entry_of
from ollama_top.config.state_file import changes_folder
from ollama_top.model.encoded import encode
from ollama_top.model.plan import Plan
from ollama_top.model.receipt import Begun, Entry, Outcome, Way

SUFFIX = ".ndjson"
LOCK = ".lock"
MOST_KEPT = 200
OTHERS_WRITE = 0o022


class JournalError(Exception):
    """A change cannot be journaled, so that it is not begun; the text says why."""


class BusyError(JournalError):
    """Another ollama-top changes settings now; the text says which."""


class Writer:
    """The lines of one change, as they come."""

    def __init__(self, path: Path) -> None:
        """Go on with a file that is there."""
        self.path = path

    def begin(self, way: Way, step: int) -> None:
        """Write down that a step is about to be begun; raises JournalError."""
        self._add({"begun": encode(Begun(way, step, _now()), "", {})})

    def end(self, outcome: Outcome, text: str) -> None:
        """Write down how the change ended; raises JournalError."""
        self._add({"outcome": outcome.value, "text": text, "at": _stamp()})

    def _add(self, document: Mapping[str, Any]) -> None:
        try:
            _append(self.path, document)
        except OSError as error:
            raise _unwritable(self.path, error) from None


class Journal:
    """All changes of this user; blocking."""

    def __init__(self, where: Path | None = None) -> None:
        """Prepare without looking."""
        self.folder = changes_folder() if where is None else where

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """Alone among ollama-tops of this user for the length of the `with`; raises JournalError."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _check_own(self.folder)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            descriptor = os.open(self.folder / LOCK, flags, 0o600)
        except OSError as error:
            raise _unwritable(self.folder, error) from None
        try:
            _hold(descriptor, self.folder, what)
            yield
        finally:
            os.close(descriptor)

    def start(self, plan: Plan, undoes: str | None = None) -> Writer:
        """A new change, on the disk before anything is done; raises JournalError."""
        self._prune()
        now = _now()
        path = self.folder / f"{now:%Y%m%dT%H%M%S.%fZ}-{os.getpid()}{SUFFIX}"
        head = {"version": VERSION, "machine": platform.node(), "at": now.isoformat(), "undoes": undoes}
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            os.close(descriptor)
            _append(path, {**head, "plan": encode(plan, "", {})})
            _sync_folder(self.folder)
        except OSError as error:
            with suppress(OSError):
                path.unlink()  # nothing was begun yet, and half a head would be no entry
            raise _unwritable(path, error) from None
        return Writer(path)

    def writer(self, name: str) -> Writer:
        """To go on with a change that is there, by the name of its entry."""
        return Writer(self.folder / name)

    def entries(self) -> tuple[Entry, ...]:
        """All changes of this machine, the oldest first; those that cannot be read are left out."""
        found = (entry_of(path) for path in self._files())
        return tuple(each for each in found if each is not None and each.machine == platform.node())

    def unread(self) -> tuple[str, ...]:
        """The files that say nothing that can be understood, as those of another version may."""
        return tuple(str(path) for path in self._files() if entry_of(path) is None)

    def cut_off(self) -> Entry | None:
        """A change that was begun and not ended, while nobody is at it; raises BusyError."""
        unended = [each for each in self.entries() if each.outcome is None]
        if not unended:
            return None
        with self.alone("looking at a change that was cut off"):
            return next((each for each in reversed(self.entries()) if each.outcome is None), None)

    def last_left(self, url: str) -> Entry | None:
        """The last change of a server that is in force, or could not be taken back.

        Changes that take others back are none, apart from those that failed.
        """
        entries = self.entries()
        undone = {each.undoes for each in entries if each.outcome is Outcome.KEPT}
        left = [
            each
            for each in entries
            if url in {each.plan.url, each.plan.url_then}
            and (each.outcome is Outcome.FAILED or _is_in_force(each, undone))
        ]
        (last,) = left[-1:] or (None,)
        if last is not None and last.outcome is Outcome.FAILED and _is_followed(last, entries):
            return next((each for each in reversed(left) if each.outcome is Outcome.KEPT), None)
        return last

    def _files(self) -> list[Path]:
        with suppress(OSError):
            return sorted(self.folder.glob(f"*{SUFFIX}"))
        return []

    def _prune(self) -> None:
        """Forget the oldest changes, but none that was cut off."""
        for path in self._files()[: -MOST_KEPT + 1]:
            entry = entry_of(path)
            if entry is not None and entry.outcome is not None:
                with suppress(OSError):
                    path.unlink()


def _unwritable(path: Path, error: OSError) -> JournalError:
    return JournalError(f"{path} cannot be written: {error.strerror}")


def _hold(descriptor: int, folder: Path, what: str) -> None:
    """Lock the journal, and say in the lock who has it; raises JournalError."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} (since {_stamp()}: {what})".encode(), 0)
    except BlockingIOError:
        holder = os.pread(descriptor, 400, 0).decode(errors="replace") or "another ollama-top"
        raise BusyError(f"{holder} changes settings now: wait for it to end") from None
    except OSError as error:
        raise _unwritable(folder, error) from None


def _append(path: Path, document: Mapping[str, Any]) -> None:
    """One line, on the disk before this returns, apart from one that a crash cut off; raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        left = f"\n{json.dumps(document)}\n".encode()
        while left:  # a disk that gets full takes a part first, and only then refuses
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_in_force(entry: Entry, undone: Collection[str | None]) -> bool:
    return entry.outcome is Outcome.KEPT and entry.undoes is None and entry.name not in undone


def _is_followed(entry: Entry, entries: Iterable[Entry]) -> bool:
    """Whether a later change of the same server has come to a good end: then what failed is the past."""
    ours = {entry.plan.url, entry.plan.url_then}
    return any(
        each.name > entry.name and each.outcome is Outcome.KEPT and each.plan.url in ours for each in entries
    )


def _check_own(folder: Path) -> None:
    """What stands in the journal is carried out: nobody else may write it. Raises JournalError, OSError."""
    found = folder.stat()
    if found.st_uid != os.geteuid() or found.st_mode & OTHERS_WRITE:
        raise JournalError(f"{folder} can be written by others than this user: nothing is kept there")


def _now() -> datetime:
    return datetime.now(UTC)


def _stamp() -> str:
    return _now().isoformat(timespec="seconds")

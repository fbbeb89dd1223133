"""The journal of changes: one file each, a line on the disk before each step is begun.

Must never leave a step without a trace: by what stands here a change is finished or undone after a crash.
"""

import fcntl
import json
import os
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ollama_top.config.state_file import changes_folder
from ollama_top.model.decoded import BadDocumentError, decode
from ollama_top.model.encoded import encode
from ollama_top.model.plan import Plan
from ollama_top.model.receipt import Begun, Entry, Outcome, Way

VERSION = 1
SUFFIX = ".ndjson"
LOCK = ".lock"
MOST_KEPT = 200
OUTCOMES = {each.value: each for each in Outcome}
LARGEST_BYTES = 4 << 20  # what is larger was not written by ollama-top


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
            raise JournalError(f"{self.path} cannot be written: {error.strerror}") from None


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
            descriptor = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise JournalError(f"{self.folder} cannot be written: {error.strerror}") from None
        try:
            _hold(descriptor, what)
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
            raise JournalError(f"{path} cannot be written: {error.strerror}") from None
        return Writer(path)

    def writer(self, entry: Entry) -> Writer:
        """To go on with a change that is there."""
        return Writer(self.folder / entry.name)

    def entries(self) -> tuple[Entry, ...]:
        """All changes of this machine, the oldest first; those that cannot be read are left out."""
        found = (_entry(path) for path in self._files())
        return tuple(each for each in found if each is not None and each.machine == platform.node())

    def cut_off(self) -> Entry | None:
        """A change that was begun and not ended, while nobody is at it; raises BusyError."""
        unended = [each for each in self.entries() if each.outcome is None]
        if not unended:
            return None
        with self.alone("looking at a change that was cut off"):
            return next((each for each in reversed(self.entries()) if each.outcome is None), None)

    def last_kept(self, url: str) -> Entry | None:
        """The last change of a server that is in force; changes that take others back are none."""
        kept = [each for each in self.entries() if each.outcome is Outcome.KEPT and each.undoes is None]
        return next((each for each in reversed(kept) if url in {each.plan.url, each.plan.url_then}), None)

    def _files(self) -> list[Path]:
        with suppress(OSError):
            return sorted(self.folder.glob(f"*{SUFFIX}"))
        return []

    def _prune(self) -> None:
        """Forget the oldest changes, but none that was cut off."""
        for path in self._files()[: -MOST_KEPT + 1]:
            entry = _entry(path)
            if entry is not None and entry.outcome is not None:
                with suppress(OSError):
                    path.unlink()


def _hold(descriptor: int, what: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 400, 0).decode(errors="replace") or "another ollama-top"
        raise BusyError(f"{holder} changes settings now: wait for it to end") from None
    except OSError as error:
        raise JournalError(f"the journal cannot be locked: {error.strerror}") from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"process {os.getpid()} (since {_stamp()}: {what})".encode(), 0)


def _append(path: Path, document: Mapping[str, Any]) -> None:
    """One line, on the disk before this returns, apart from one that a crash cut off; raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    try:
        os.write(descriptor, f"\n{json.dumps(document)}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _entry(path: Path) -> Entry | None:
    """What a file says; None where it says nothing that can be understood."""
    try:
        with path.open("rb") as opened:
            head, *lines = filter(None, opened.read(LARGEST_BYTES).splitlines())
        return _told(path.name, json.loads(head), lines)
    except (OSError, ValueError, KeyError, TypeError, BadDocumentError):
        return None


def _told(name: str, head: Mapping[str, Any], lines: list[bytes]) -> Entry:
    begun: list[Begun] = []
    outcome: Outcome | None = None
    text: str | None = None
    for line in lines:
        try:
            document = json.loads(line)
        except ValueError:
            continue  # cut off in the middle of a line: what it was about had not begun
        if "begun" in document:
            begun.append(decode(Begun, document["begun"], {}))
        elif "outcome" in document:
            outcome, text = OUTCOMES[document["outcome"]], str(document["text"])
    return Entry(
        name=name,
        machine=str(head["machine"]),
        began_at=datetime.fromisoformat(head["at"]),
        plan=decode(Plan, head["plan"], {}),
        begun=tuple(begun),
        outcome=outcome,
        text=text,
        undoes=head["undoes"],
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _stamp() -> str:
    return _now().isoformat(timespec="seconds")

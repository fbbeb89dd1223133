"""Follows the journal of a unit, or of one process, through journalctl."""

import json
import time
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from ollama_top.model.reading import Why
from ollama_top.sources.logs.commands import Command
from ollama_top.sources.logs.follower import (
    MOST_LINE_BYTES,
    TAIL_LINES,
    LineCutter,
    UnreadableError,
    Wrote,
)

AGAIN_AFTER_S = 10.0
DENIED_WORDS = (b"not seeing messages from other users", b"insufficient permissions", b"Permission denied")
DENIED_HINT = (
    "the journal may be read by root and the groups adm and systemd-journal: "
    "`sudo usermod -aG systemd-journal $USER`, and log in again"
)
MOST_ENTRY_BYTES = 8 * MOST_LINE_BYTES


class JournalFollower:
    """Follows the entries that some matches select."""

    def __init__(self, matches: Sequence[str], zone: tzinfo) -> None:
        """Prepare; `matches` are words of journalctl's, such as `--unit=ollama.service`."""
        self._matches = matches
        self._zone = zone
        self._command: Command | None = None
        self._cutter = LineCutter(MOST_ENTRY_BYTES)
        self._cursor: str | None = None
        self._due_s = 0.0
        self._complaint = b""

    def read(self) -> list[Wrote]:
        """The entries since the last call; raises UnreadableError where none may be read."""
        command = self._running()
        if command is None:
            self._refuse()
            return []
        found = [each for line in self._cutter.feed(command.read()) for each in self._entry(line)]
        self._complaint = command.complaint
        if command.has_ended:
            self.close()
        if not found and self._cursor is None:
            self._refuse()
        return found

    def close(self) -> None:
        """End journalctl."""
        if self._command is not None:
            self._command.close()
        self._command = None

    def _running(self) -> Command | None:
        now_s = time.monotonic()
        if self._command is None and now_s >= self._due_s:
            self._due_s = now_s + AGAIN_AFTER_S
            try:
                self._command = Command(self.words(), merge=False)
            except OSError:
                raise UnreadableError(Why.ABSENT, "journalctl is not installed here") from None
        return self._command

    def words(self) -> list[str]:
        """The command; after an end it goes on where it was."""
        begin = f"--lines={TAIL_LINES}" if self._cursor is None else f"--after-cursor={self._cursor}"
        fields = ("--output=json", "--output-fields=MESSAGE,_COMM")
        return ["journalctl", *self._matches, "--follow", begin, *fields, "--no-pager"]

    def _refuse(self) -> None:
        """Say why there is nothing, where journalctl has said it."""
        if any(words in self._complaint for words in DENIED_WORDS):
            raise UnreadableError(Why.DENIED, DENIED_HINT)
        if self._command is None and self._complaint:
            words = self._complaint.decode(errors="replace").strip().splitlines()
            raise UnreadableError(Why.FAILED, f"journalctl: {words[-1] if words else 'ended at once'}")

    def _entry(self, line: str) -> list[Wrote]:
        """The lines of one entry; what is no entry of a journal's is let be."""
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            return []
        if not isinstance(entry, dict):
            return []
        cursor = entry.get("__CURSOR")
        self._cursor = cursor if isinstance(cursor, str) else self._cursor
        at = _moment(entry.get("__REALTIME_TIMESTAMP"), self._zone)
        is_service = entry.get("_COMM") == "systemd"
        return [Wrote(each[:MOST_LINE_BYTES], at, is_service) for each in _message(entry).split("\n")]


def _message(entry: dict[str, Any]) -> str:
    """The text of an entry; one that is no UTF-8 comes as numbers, and a very long one as nothing."""
    message = entry.get("MESSAGE")
    if isinstance(message, list):
        return bytes(each & 0xFF for each in message if isinstance(each, int)).decode(errors="replace")
    return message if isinstance(message, str) else ""


def _moment(value: object, zone: tzinfo) -> datetime | None:
    if not isinstance(value, str) or not (value.isascii() and value.isdigit() and len(value) < 18):
        return None
    try:
        return datetime.fromtimestamp(int(value) / 1e6, zone)
    except (ValueError, OverflowError, OSError):
        return None

"""Follows the log of a container, through docker or podman."""

import shutil
import time
from datetime import datetime, tzinfo

from ollama_top.model.reading import Why
from ollama_top.sources.logs.commands import Command
from ollama_top.sources.logs.follower import TAIL_LINES, LineCutter, UnreadableError, Wrote

AGAIN_AFTER_S = 10.0
PROGRAMS = ("docker", "podman")
DENIED_HINT = "the container's log may be read by root and the group docker: `sudo docker logs`"


class ContainerFollower:
    """Follows the log of one container, each line with the time that docker gave it."""

    def __init__(self, container: str, zone: tzinfo) -> None:
        """Prepare; `container` is a name, or the beginning of an identity."""
        self._container = container
        self._zone = zone
        self._command: Command | None = None
        self._cutter = LineCutter()
        self._stamp = ""  # of the newest line
        self._told_until = ""  # before this run of docker's
        self._due_s = 0.0
        self._complaint = ""

    def read(self) -> list[Wrote]:
        """The lines since the last call; raises UnreadableError in docker's words."""
        now_s = time.monotonic()
        if self._command is None and now_s >= self._due_s:
            self._due_s = now_s + AGAIN_AFTER_S
            self._command, self._told_until = Command(self.words(), merge=True), self._stamp
        if self._command is None:
            raise self._refusal()
        found = [each for line in self._cutter.feed(self._command.read()) for each in self._line(line)]
        if self._command.has_ended:
            self.close()
            if not found and self._complaint:
                raise self._refusal()
        return found

    def close(self) -> None:
        """End docker."""
        if self._command is not None:
            self._command.close()
        self._command = None

    def words(self) -> list[str]:
        """The command; after an end it goes on where it was."""
        program = next((each for each in PROGRAMS if shutil.which(each)), None)
        if program is None:
            raise UnreadableError(Why.ABSENT, "the server runs in a container, and docker is not found here")
        begin = f"--since={self._stamp}" if self._stamp else f"--tail={TAIL_LINES}"
        return [program, "logs", "--follow", "--timestamps", begin, self._container]

    def _line(self, line: str) -> list[Wrote]:
        """A line of the container's; one without a time is a word of docker's own."""
        stamp, _, text = line.partition(" ")
        at = _moment(stamp, self._zone)
        if at is None:
            self._complaint = line
            return []
        if stamp <= self._told_until:  # `--since` includes its moment
            return []
        self._stamp = max(self._stamp, stamp)
        return [Wrote(text, at)]

    def _refusal(self) -> UnreadableError:
        if "permission denied" in self._complaint.lower():
            return UnreadableError(Why.DENIED, DENIED_HINT)
        return UnreadableError(Why.FAILED, self._complaint or "the container's log has ended")


def _moment(text: str, zone: tzinfo) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(zone) if found.tzinfo is not None else None

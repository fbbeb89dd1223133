"""The log of one server as far as it was written by now; costs next to nothing while nothing is added."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from ollama_top.model.reading import Known, Missing, Reading, Why
from ollama_top.ollama.log.story import Story, Told
from ollama_top.sources.logs.files import FileFollower
from ollama_top.sources.logs.follower import UnreadableError
from ollama_top.sources.logs.places import Place, find_place
from ollama_top.sources.owner import ServerProcess

AGAIN_AFTER_S = 15.0  # where a server without a readable log writes to is looked for again


@dataclass(frozen=True, slots=True)
class LogLook:
    """What the log tells, and where it is read."""

    where: Reading[str]
    told: Told


class LogWatch:
    """Follows the log of whichever process is the server; blocking, for one thread."""

    def __init__(self) -> None:
        """Prepare; nothing is read before the first look."""
        self._zone = datetime.now(UTC).astimezone().tzinfo or UTC  # of this machine, as servers write it
        self._story = Story(self._zone)
        self._server: ServerProcess | None = None
        self._place = Place(Missing(Why.PENDING, "not looked at yet"))
        self._again_s = 0.0
        self._at_work = Lock()  # a feed may be closed while its last look is under way

    def look(self, server: Reading[ServerProcess]) -> LogLook:
        """Read what was added since the last look; the server is found by another source."""
        if isinstance(server, Missing):
            return LogLook(server, self._story.told())
        with self._at_work:
            return self._read(server.value)

    def _read(self, server: ServerProcess) -> LogLook:
        self._settle(server)
        where = self._place.name
        try:
            for follower in self._place.followers:
                for wrote in follower.read():
                    self._story.take(wrote.text, wrote.at, is_service=wrote.is_service)
        except UnreadableError as error:
            where = Missing(error.why, error.hint)
        except PermissionError as error:
            where = Missing(Why.DENIED, f"{error.filename or 'the log'} may not be read by this user")
        return LogLook(where, self._story.told())

    def close(self) -> None:
        """Let go of files and programs, once a look that is under way has ended."""
        with self._at_work:
            self._let_go()

    def _let_go(self) -> None:
        for each in self._place.followers:
            each.close()

    def _settle(self, server: ServerProcess) -> None:
        """Look for the place anew when the server is another process, or had none."""
        now_s = time.monotonic()
        is_other = self._server is None or (server.pid, server.started_at) != (
            self._server.pid,
            self._server.started_at,
        )
        if is_other or (isinstance(self._place.name, Missing) and now_s >= self._again_s):
            self._again_s = now_s + AGAIN_AFTER_S
            self._server = server
            self._move(find_place(server, self._zone))

    def _move(self, place: Place) -> None:
        """Go on in the same place where a server that was started again writes there too."""
        if place.name == self._place.name and isinstance(place.name, Known):
            for old, new in zip(self._place.followers, place.followers, strict=True):
                if isinstance(old, FileFollower) and isinstance(new, FileFollower):
                    old.path = new.path
            return
        self._let_go()
        self._place = place

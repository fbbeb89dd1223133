"""The log, read from its tail on: its newest lines, what happened, what was answered, what was loaded.

Must never grow with the log: everything that is kept is bounded.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from ollama_top.model.log import LineKind, LogLine
from ollama_top.model.verdict import Severity
from ollama_top.ollama.log import config, requests
from ollama_top.ollama.log.happenings import Happenings, Occurrence
from ollama_top.ollama.log.loads import LoadedRunner, Loads
from ollama_top.ollama.log.parse import Parsed, parse_line

MOST_LINES = 2000
MOST_ANSWERS = 5000


@dataclass(frozen=True, slots=True)
class Answer:
    """An inference request that is over."""

    at: datetime
    status: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class Told:
    """All that the log has told so far."""

    lines: tuple[LogLine, ...] = ()
    left_out: int = 0
    occurrences: tuple[Occurrence, ...] = ()
    answers: tuple[Answer, ...] = ()
    loads: Mapping[int, LoadedRunner] = field(default_factory=dict)  # by the runner's port
    config: Mapping[str, str] = field(default_factory=dict)  # in effect, of the server started last
    since: datetime | None = None  # of the first line that told its time
    prompt_cache_bytes: int | None = None  # held by the runner that told so last, since the last was started


class Story:
    """Takes lines in, one by one and in their order, and tells what it has learned."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        """Start knowing nothing; `zone` is that of times without one, until a line tells its own."""
        self._zone = zone
        self._at: datetime | None = None
        self._since: datetime | None = None
        self._count = 0
        self._left_out = 0
        self._lines: deque[LogLine] = deque(maxlen=MOST_LINES)
        self._answers: deque[Answer] = deque(maxlen=MOST_ANSWERS)
        self._happenings = Happenings()
        self._loads = Loads()
        self._config: Mapping[str, str] = {}
        self._told: Told | None = Told()

    def take(self, text: str, at: datetime | None = None, *, is_service: bool = False) -> None:
        """One line; `at` is when it was written, where the place that keeps the log knows."""
        self._told = None
        if text == requests.ALL_IDLE:
            self._left_out += 1
            return
        parsed = Parsed(LineKind.SERVICE, Severity.OK, at, text) if is_service else parse_line(text)
        self._keep_time(parsed.at, at)
        if isinstance(parsed.said, requests.Answered) and parsed.said.is_look:
            self._left_out += 1
            return
        self._learn(parsed)
        self._show(parsed)

    def told(self) -> Told:
        """What is known by now; the very same value as long as no line comes."""
        if self._told is None:
            self._told = Told(
                tuple(self._lines),
                self._left_out,
                tuple(self._happenings.newest),
                tuple(self._answers),
                dict(self._loads.by_port),
                self._config,
                self._since,
                self._loads.prompt_cache_bytes,
            )
        return self._told

    def _keep_time(self, own: datetime | None, given: datetime | None) -> None:
        """A line without a time has that of the line before; one without a zone has that of the server."""
        if own is not None and own.tzinfo is not None:
            self._zone = own.tzinfo
        elif own is not None:
            own = own.replace(tzinfo=self._zone)
        self._at = given or own or self._at
        self._since = self._since or self._at

    def _learn(self, line: Parsed) -> None:
        said = line.said
        loading = self._loads.current
        if isinstance(said, config.ServerConfig):
            self._config = said.settings
            self._loads.clear()
        elif isinstance(said, requests.Answered):
            if said.is_inference and self._at is not None:
                self._answers.append(Answer(self._at, said.status, said.duration_s))
        elif said is not None:
            self._loads.take(said, self._at)
        if self._at is not None and (said is not None or line.severity is Severity.ERROR):
            self._happenings.take(line, self._at, loading)

    def _show(self, line: Parsed) -> None:
        self._count += 1
        self._lines.append(LogLine(self._count, self._at, line.severity, line.kind, line.text, line.place))

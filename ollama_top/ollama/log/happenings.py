"""From lines to what happened: one occurrence, or several alike taken together."""

from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ollama_top.model.event import EventKind
from ollama_top.model.verdict import Severity
from ollama_top.ollama.log import config, requests, scheduling, starting
from ollama_top.ollama.log.loads import LoadedRunner
from ollama_top.ollama.log.parse import Parsed

MOST = 200
TOGETHER = timedelta(seconds=10)
LOOK_BACK = 5  # occurrences of other kinds that may lie between two alike
BUSY, CLIENT_GONE, FAILED = 503, 499, 500
WAS_ANSWERED = " was answered "
WAS_FAILED = f"{WAS_ANSWERED}{FAILED}"


Description = tuple[EventKind, Severity, str, str | None]
LEFT: Description = (
    EventKind.ABORTED,
    Severity.INFO,
    "a request was given up, most often by its client",
    None,
)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One thing that happened; its model is known by the path of its weights, if at all."""

    at: datetime
    kind: EventKind
    severity: Severity
    text: str
    model_path: str | None = None
    count: int = 1


class Happenings:
    """The newest occurrences; what would flood them is counted in one."""

    def __init__(self) -> None:
        """Start with none."""
        self.newest: deque[Occurrence] = deque(maxlen=MOST)
        self._given_up: deque[datetime] = deque(maxlen=MOST)  # requests that will end with an error

    def take(self, line: Parsed, at: datetime, loading: LoadedRunner | None) -> None:
        """Take in one line; `loading` is the runner whose load it may end."""
        if isinstance(line.said, requests.Answered):
            found = self._of_request(line.said, at)
        else:
            found = occurrence(line, at, loading)
        if isinstance(line.said, scheduling.Aborting) and not self._withdraw_failure(at):
            self._given_up.append(at)
        if found is not None:
            self._add(found)

    def _of_request(self, said: requests.Answered, at: datetime) -> Occurrence | None:
        if not said.is_inference or said.status < CLIENT_GONE:
            return None
        if said.status == FAILED and self._was_given_up(at):
            return None
        if said.status == CLIENT_GONE:
            return Occurrence(at, *LEFT)
        if said.status == BUSY:
            text = "answered 503, the server was busy"
            return Occurrence(at, EventKind.BUSY_503, Severity.WARNING, text)
        text = f"{said.path}{WAS_ANSWERED}{said.status}"
        return Occurrence(at, EventKind.ERROR, Severity.ERROR, text)

    def _was_given_up(self, at: datetime) -> bool:
        """Whether a request that failed is one that was told to have been given up just before."""
        while self._given_up:
            if abs(at - self._given_up.popleft()) <= TOGETHER:
                return True
        return False

    def _withdraw_failure(self, at: datetime) -> bool:
        """Take back the failure of a request that is told only now to have been given up."""
        for back in range(1, min(LOOK_BACK, len(self.newest)) + 1):
            each = self.newest[-back]
            if each.text.endswith(WAS_FAILED) and abs(at - each.at) <= TOGETHER:
                self.newest[-back] = replace(each, count=each.count - 1)
                if each.count == 1:
                    del self.newest[-back]
                return True
        return False

    def _add(self, found: Occurrence) -> None:
        for back in range(1, min(LOOK_BACK, len(self.newest)) + 1):
            if _is_alike(self.newest[-back], found):
                self.newest[-back] = replace(self.newest[-back], count=self.newest[-back].count + 1)
                return
        self.newest.append(found)


def _is_alike(last: Occurrence, found: Occurrence) -> bool:
    same = (last.kind, last.text, last.model_path) == (found.kind, found.text, found.model_path)
    return same and abs(found.at - last.at) <= TOGETHER


def occurrence(line: Parsed, at: datetime, loading: LoadedRunner | None) -> Occurrence | None:
    """What a line tells to have happened, requests left aside."""
    of = _describe(line, loading)
    return None if of is None else Occurrence(at, *of)


def _describe(line: Parsed, loading: LoadedRunner | None) -> Description | None:
    match line.said:
        case config.Listening(address, version):
            text = f"the server listens on {address}, version {version}"
            return EventKind.RESTART, Severity.INFO, text, None
        case starting.Starting(_, str(path)):
            return EventKind.LOAD, Severity.INFO, "its runner was started", path
        case starting.LoadTook(seconds) if loading is not None and loading.took_s is None:
            return EventKind.LOADED, Severity.OK, f"loaded in {seconds:.1f} s", loading.model_path
        case starting.LoadFailed(path, error):
            return EventKind.ERROR, Severity.ERROR, f"it could not be loaded: {error}", path
        case None if line.severity is Severity.ERROR:
            return EventKind.ERROR, Severity.ERROR, line.text, None
    return _of_scheduling(line)


def _of_scheduling(line: Parsed) -> Description | None:
    match line.said:
        case scheduling.Evicting():
            return EventKind.EVICTED, Severity.WARNING, "other models go, to make room for one", None
        case scheduling.OutOfMemory(path, remedy):
            return EventKind.OUT_OF_MEMORY, Severity.ERROR, f"memory ran out: {remedy}", path
        case scheduling.Aborting():
            return LEFT
    return _of_context(line)


def _of_context(line: Parsed) -> Description | None:
    match line.said:
        case scheduling.Truncating(limit, prompt, kept):
            text = f"a prompt of {prompt} tokens was cut to {limit if kept is None else kept}"
            return EventKind.TRUNCATED, Severity.WARNING, text, None
        case scheduling.TooLong(prompt, context):
            text = f"a prompt of {prompt} tokens was refused: its context is {context}"
            return EventKind.TOO_LONG, Severity.WARNING, text, None
        case requests.SlotReleased(_, _, _, True):
            text = "an answer grew past the end of its context"
            return EventKind.TRUNCATED, Severity.WARNING, text, None
    return _of_warning(line)


def _of_warning(line: Parsed) -> Description | None:
    match line.said:
        case scheduling.ForcedToOne(architecture):
            text = f"{architecture or 'a model that sees'} is served one request at a time, by its kind"
        case scheduling.ContextTooLarge(asked, trained):
            text = f"a context of {asked} tokens was asked for; it was trained for {trained}, and gets that"
        case scheduling.CacheTypeIgnored(kind):
            text = f"the K/V cache type {kind} is not used, as flash attention is off"
        case config.InvalidVariable(name, value, default):
            text = f"{name}={value} cannot be used; {default} is taken"
        case _:
            return None
    return EventKind.WARNING, Severity.WARNING, text, None

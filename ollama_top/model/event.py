"""What happened to the server lately, for the time line and for whoever asks afterwards."""

from dataclasses import dataclass
from datetime import datetime

from ollama_top.model.fact import fact
from ollama_top.model.reading import Reading, Source
from ollama_top.model.verdict import Severity
from ollama_top.model.vocabulary import Vocabulary


class EventKind(Vocabulary):
    """The kinds of things that happen to a server."""

    RESTART = "restart", "the server was started, for the first time or again"
    LOAD = "load", "a runner was started to load a model"
    LOADED = "loaded", "a model was loaded"
    UNLOADED = "unloaded", "a model that was in memory is there no longer"
    EVICTED = "evicted", "other models were let go to make room for one"
    OUT_OF_MEMORY = "out_of_memory", "a model did not fit, or did not fit any longer"
    BUSY_503 = "busy_503", "requests were answered 503: the server was busy"
    ABORTED = "aborted", "requests were given up before their end; most often their clients left"
    TRUNCATED = "truncated", "a prompt or an answer did not fit its context and was cut"
    TOO_LONG = "too_long", "a prompt was longer than its context and was refused"
    SETTINGS = "settings", "a variable of the server was changed, or the server started with another value"
    WARNING = "warning", "the server warned of something that it does not do as it was told"
    ERROR = "error", "something failed"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, or several alike within a few seconds."""

    at: datetime = fact("When it happened; of several, the first.")
    kind: EventKind = fact("What kind of thing it was.")
    severity: Severity = fact("How much it matters.")
    model: Reading[str] = fact("Model that it happened to.")
    text: str = fact("What happened, in one sentence; its wording may change.")
    count: int = fact("How many alike happened within a few seconds.")
    source: Source = fact("Where it was seen.")

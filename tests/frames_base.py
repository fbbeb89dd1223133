"""What every builder of tests' Frames needs: a moment, sizes, and values with their sources."""

from datetime import UTC, datetime
from typing import TypeVar

from ollama_top.model.process import Variable
from ollama_top.model.reading import Known, Missing, Reading, Source, Why

T = TypeVar("T")
NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
GIB = 1 << 30
SOURCES = ("api", "processes", "sockets", "slots", "service", "nvidia", "host")
DENIED = Missing(Why.DENIED, "the server runs as another user, whose processes may not be read")
NOT_LOCAL = Missing(Why.NOT_LOCAL, "the server is on another machine")
NO_RUNNER = Missing(Why.ABSENT, "it is no runner")
ENVIRONMENT = (Variable("OLLAMA_NUM_PARALLEL", "2"), Variable("PATH", None))
BY_HAND = Missing(Why.ABSENT, "no service manager keeps it")
UNTOLD = Missing(Why.UNSUPPORTED, "this version does not tell")


def known(value: T | Missing, source: Source) -> Reading[T]:
    """A value with its source; what is missing stays so."""
    return value if isinstance(value, Missing) else Known(value, source)

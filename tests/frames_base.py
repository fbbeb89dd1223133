"""What every builder of tests' Frames needs: a moment, sizes, and values with their sources."""

from datetime import UTC, datetime
from typing import TypeVar

from ollama_top.model.light import Light, LightState
from ollama_top.model.process import Variable
from ollama_top.model.reading import Known, Missing, Reading, Source, Why

T = TypeVar("T")
NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
GIB = 1 << 30
SOURCES = ("api", "processes", "sockets", "slots", "log", "service", "nvidia", "host")
DENIED = Missing(Why.DENIED, "the server runs as another user, whose processes may not be read")
NOT_LOCAL = Missing(Why.NOT_LOCAL, "the server is on another machine")
NO_RUNNER = Missing(Why.ABSENT, "it is no runner")
ENVIRONMENT = (Variable("OLLAMA_NUM_PARALLEL", "2"), Variable("PATH", None))
BY_HAND = Missing(Why.ABSENT, "no service manager keeps it")
UNTOLD = Missing(Why.UNSUPPORTED, "this version does not tell")

OF_THE_LOG = ("kv_cache_bytes", "layers_on_gpu", "layers", "load_s")
"""What only the log tells of a model."""


def known(value: T | Missing, source: Source) -> Reading[T]:
    """A value with its source; what is missing stays so."""
    return value if isinstance(value, Missing) else Known(value, source)


def lights(**changes: Light) -> tuple[Light, ...]:
    """Every source answering; a keyword puts another light in the place of the one of its name."""
    return tuple(changes.get(name, light(name)) for name in SOURCES)


def light(
    name: str, state: LightState = LightState.OK, age_s: float | None = 0.1, problem: str | None = None
) -> Light:
    """One source."""
    return Light(name, state, age_s, 0.004 if age_s is not None else None, problem)

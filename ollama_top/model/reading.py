"""A value that was read, or the reason why it could not be.

Must never hold a stand-in such as 0, "" or NaN for something unknown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ollama_top.model.vocabulary import Vocabulary

T = TypeVar("T")
U = TypeVar("U")


class Source(Vocabulary):
    """Where a value comes from; in descending order of trust within one fact."""

    PROXY = "proxy", "the proxy's own look at the exchange"
    API = "api", "the server's own HTTP answers"
    ARGV = "argv", "the command line of a runner"
    PROPS = "props", "a runner's /props"
    SLOTS = "slots", "a runner's /slots"
    HEALTH = "health", "a runner's /health"
    SOCKETS = "sockets", "the kernel's socket diagnosis"
    PROCESSES = "processes", "/proc"
    LOG = "log", "what the server wrote"
    SERVICE = "service", "the service manager"
    NVIDIA = "nvidia", "NVML"
    AMD = "amd", "the files of AMD's driver, amdgpu"
    INTEL = "intel", "the files of Intel's drivers, i915 and xe"
    APPLE = "apple", "macOS's ioreg"
    HOST = "host", "the operating system's counters"
    BURST = "burst", "measured by requests that ollama-top sent at once"
    PREDICTED = "predicted", "worked out from environment, family and version"
    ESTIMATE = "estimate", "inferred from other values of the same moment"


class Why(Vocabulary):
    """Why a value is missing."""

    DENIED = "denied", "this user may not read it"
    NOT_LOCAL = "not_local", "it is on another machine or in another namespace"
    UNSUPPORTED = "unsupported", "this version, driver or system cannot tell"
    PENDING = "pending", "not looked at yet, or one more look is needed"
    AMBIGUOUS = "ambiguous", "several answers would fit, and none is guessed"
    FAILED = "failed", "asked, and the answer was an error or none"
    ABSENT = "absent", "there is no such thing here"


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A value as read, with its source."""

    value: T
    source: Source


@dataclass(frozen=True, slots=True)
class Missing:
    """A value that could not be read: the kind of reason and one sentence for a person."""

    why: Why
    hint: str


Reading = Known[T] | Missing


def value_or(reading: Reading[T], default: U) -> T | U:
    """The value, or `default` where it is missing; for sorting and arithmetic, not for show."""
    return reading.value if isinstance(reading, Known) else default


def map_known(reading: Reading[T], change: Callable[[T], U]) -> Reading[U]:
    """The reading with `change` applied to a known value; a missing one stays as it is."""
    if isinstance(reading, Known):
        return Known(change(reading.value), reading.source)
    return reading


def known_or_missing(value: T | None, source: Source, hint: str) -> Reading[T]:
    """A value that the answer of `source` may lack: absent from it means unsupported there."""
    return Missing(Why.UNSUPPORTED, hint) if value is None else Known(value, source)

"""What can be done to a server, as values: shown, refused, carried out and verified as such.

Must never do anything itself.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Load:
    """Bring an installed model into memory."""

    model: str


@dataclass(frozen=True, slots=True)
class Unload:
    """Let a model go as soon as it is idle."""

    model: str


@dataclass(frozen=True, slots=True)
class Keep:
    """Set how long a model stays after its last request, without loading it anew."""

    model: str
    keep_s: float | None  # None is for ever
    context_tokens: int | None  # of one request, as it was loaded; None where that is not known


@dataclass(frozen=True, slots=True)
class Pull:
    """Download a model, or bring it up to date."""

    model: str


@dataclass(frozen=True, slots=True)
class Restart:
    """End the process of a runner; Ollama starts another at the next request for its model."""

    model: str
    runner_pid: int
    seen_at: datetime  # when that process was shown: a younger one of this number is another
    by_force: bool = False  # kill it: it was asked to end before, and did not


@dataclass(frozen=True, slots=True)
class StartProxy:
    """Put a proxy before the server, in a process that goes on by itself."""

    listen: str  # address and port
    upstream: str  # URL of the server


@dataclass(frozen=True, slots=True)
class StopProxy:
    """Tell a proxy to let go what runs, and to end."""

    listen: str  # its address and port


Action = Load | Unload | Keep | Pull | Restart | StartProxy | StopProxy


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is; counts are of one layer."""

    phase: str  # in the server's words
    done_bytes: int | None = None
    total_bytes: int | None = None
    bytes_per_s: float | None = None  # None until it can be told

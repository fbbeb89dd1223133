"""The processes of the server on this machine, and what it was started with.

Must never hold the value of a variable that may be a secret, or that is none of a monitor's business.
"""

from dataclasses import dataclass
from datetime import datetime

from ollama_top.model.fact import fact
from ollama_top.model.gpu import GpuShare
from ollama_top.model.reading import Reading
from ollama_top.model.vocabulary import Vocabulary


class ProcessKind(Vocabulary):
    """What a process of the server's tree is for."""

    SERVER = "server", "`ollama serve`"
    RUNNER = "runner", "holds a model"
    OTHER = "other", "a child of the server without a model, such as its look for GPUs"


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the server's tree: the server first, then its children, the oldest first."""

    pid: int = fact("Its number.")
    kind: ProcessKind = fact("What it is for.")
    model: Reading[str] = fact("Model that it holds.")
    port: Reading[int] = fact("Port at which the server talks to it.")
    cpu_percent: Reading[float] = fact("CPU in use since the last look; 100 is one core.")
    rss_bytes: Reading[int] = fact("Resident memory; pages that it shares with others count in full.")
    gpus: Reading[tuple[GpuShare, ...]] = fact("Its share of each GPU, as the GPUs' drivers tell it.")
    threads: Reading[int] = fact("Threads.")
    open_files: Reading[int] = fact("Open files, sockets among them.")
    open_files_limit: Reading[int] = fact(
        "Most files that it may have open, the soft limit; absent where there is none."
    )
    open_files_hard_limit: Reading[int] = fact(
        "How far it may raise that limit by itself; absent where there is none."
    )
    locked_memory_limit_bytes: Reading[int] = fact(
        "Most memory that it may keep from being swapped out; absent where there is no limit."
    )
    started_at: datetime = fact("Its start.")
    command: Reading[str] = fact("Its command line, quoted as for a shell; what may be a secret is left out.")


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the environment; the value of most is never kept."""

    name: str = fact("Its name.")
    value: str | None = fact(
        "Its value; null where it is not kept: it may be a secret, or is none of Ollama's, llama.cpp's"
        " or the GPUs'."
    )

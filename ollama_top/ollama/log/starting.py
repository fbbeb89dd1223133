"""The lines of a load: which runner was started, with what, what it made of it, how long it took.

They carry no process and no model: a line belongs to the runner started last before it.
"""

import re
from dataclasses import dataclass

from ollama_top.ollama.argv import parse_runner
from ollama_top.ollama.log.framing import attributes, whole

COMMIT = re.compile(
    r"\{Operation:commit .*?\bParallel:([0-9]{1,9}) (?:BatchSize:([0-9]{1,9}) )?.*?"
    r"\bKvSize:([0-9]{1,12}) KvCacheType:(\S*)"
)
SLOTS = re.compile(r"srv +load_model: initializing, n_slots = ([0-9]{1,9}), n_ctx_slot = ([0-9]{1,12})\b")
TOOK = re.compile(r"(?:llama-server|llama runner) started in ([0-9]{1,9}(?:\.[0-9]{1,9})?) seconds")
OFFLOADED = re.compile(r"offloaded ([0-9]{1,9})/([0-9]{1,9}) layers to GPU")


@dataclass(frozen=True, slots=True)
class Starting:
    """A runner is started; `port` and `model_path` are None for one that only looks for GPUs."""

    port: int | None
    model_path: str | None


@dataclass(frozen=True, slots=True)
class Committed:
    """What a Go runner is to serve, and with what; orders before it were tries."""

    parallel: int
    context_tokens: int  # of one request
    kv_cache_type: str | None  # None where it is not told, which means f16
    batch_tokens: int | None  # read in one step


@dataclass(frozen=True, slots=True)
class SlotsMade:
    """How many requests a llama-server serves at once."""

    parallel: int
    context_tokens: int  # of one slot


@dataclass(frozen=True, slots=True)
class Offloaded:
    """How many layers lie on GPUs; an estimate before the load, or what came of it."""

    layers_on_gpu: int
    layers: int


@dataclass(frozen=True, slots=True)
class LoadTook:
    """A runner is ready; from 0.30 each load says so twice."""

    seconds: float


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """A model could not be loaded."""

    model_path: str | None
    error: str


def starting(rest: str) -> Starting:
    """The start of a runner. Its words are joined by blanks, so a path that holds one is cut there."""
    words = attributes(rest).get("cmd", "").split(" ")
    args = parse_runner(words)
    return Starting(args.port if args else None, args.model_path if args else None)


def committed(rest: str) -> Committed | None:
    """The order to a Go runner (0.11.5 to 0.24); tries that came before it count for nothing."""
    found = COMMIT.match(attributes(rest).get("request", ""))
    if not found or not int(found[1]):
        return None
    parallel, batch = int(found[1]), int(found[2]) if found[2] else None
    return Committed(parallel, int(found[3]) // parallel, found[4] or None, batch)


def slots_made(line: str) -> SlotsMade | None:
    """The slots of a llama-server."""
    found = SLOTS.match(line)
    return SlotsMade(int(found[1]), int(found[2])) if found and int(found[1]) else None


def load_took(message: str) -> LoadTook | None:
    """The line that a runner is ready."""
    found = TOOK.fullmatch(message)
    return LoadTook(float(found[1])) if found else None


def offloaded(text: str) -> Offloaded | None:
    """How many layers lie on GPUs, in the words of every generation."""
    found = OFFLOADED.fullmatch(text)
    return Offloaded(int(found[1]), int(found[2])) if found else None


def estimated(rest: str) -> Offloaded | None:
    """The server's estimate before a load, up to 0.11.4."""
    of = attributes(rest)
    on_gpu, layers = whole(of.get("layers.offload", "")), whole(of.get("layers.model", ""))
    return None if on_gpu is None or layers is None else Offloaded(on_gpu, layers)


def load_failed(rest: str) -> LoadFailed:
    """A load that failed, or is tried again."""
    of = attributes(rest)
    return LoadFailed(of.get("model"), of.get("error", ""))

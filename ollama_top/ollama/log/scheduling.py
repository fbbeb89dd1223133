"""What the server does with models and requests that do not fit: evicts, tries again, cuts, gives up."""

import re
from dataclasses import dataclass

from ollama_top.ollama.log.framing import attributes, whole

REFUSED = re.compile(
    r"srv +send_error: .*request \((\d{1,12}) tokens\) exceeds the available context size"
    r" \((\d{1,12}) tokens\)"
)


@dataclass(frozen=True, slots=True)
class Evicting:
    """Others have to go before a model can be loaded."""

    predicted: str  # memory that it is taken to need, as printed; empty where not told
    available: str


@dataclass(frozen=True, slots=True)
class OutOfMemory:
    """A model did not fit, or did not fit any longer; the server tries to mend it by itself."""

    model_path: str | None
    remedy: str


@dataclass(frozen=True, slots=True)
class ForcedToOne:
    """A model is served one request at a time, whatever was asked for; said once a load."""

    architecture: str  # empty where not told


@dataclass(frozen=True, slots=True)
class Truncating:
    """A prompt was longer than its context, and was cut."""

    limit_tokens: int | None
    prompt_tokens: int | None
    kept_tokens: int | None


@dataclass(frozen=True, slots=True)
class TooLong:
    """A prompt was longer than its context, and was refused; the client is told so."""

    prompt_tokens: int
    context_tokens: int


@dataclass(frozen=True, slots=True)
class ContextTooLarge:
    """A larger context was asked for than the model was trained for, and it is not given."""

    asked_tokens: int | None
    trained_tokens: int | None


@dataclass(frozen=True, slots=True)
class CacheTypeIgnored:
    """A type of K/V cache was asked for and is not used."""

    kind: str


@dataclass(frozen=True, slots=True)
class Aborting:
    """A request is given up while it waits or is served; most often its client has left."""


def evicting(rest: str) -> Evicting:
    """The line that others have to go."""
    of = attributes(rest)
    return Evicting(of.get("predicted") or of.get("required", ""), of.get("available") or of.get("free", ""))


def out_of_memory(rest: str, remedy: str) -> OutOfMemory:
    """A line on memory that ran out."""
    return OutOfMemory(attributes(rest).get("model"), remedy)


def forced_to_one(rest: str) -> ForcedToOne:
    """The warning that a model is held at one."""
    return ForcedToOne(attributes(rest).get("architecture", ""))


def truncating(rest: str) -> Truncating:
    """The warning that a prompt was cut."""
    of = attributes(rest)
    return Truncating(whole(of.get("limit", "")), whole(of.get("prompt", "")), whole(of.get("new", "")))


def too_long(line: str) -> TooLong | None:
    """A runner's line on a request that does not fit; None where it is about something else."""
    found = REFUSED.match(line)
    return TooLong(int(found[1]), int(found[2])) if found else None


def context_too_large(rest: str) -> ContextTooLarge:
    """The warning about a context."""
    of = attributes(rest)
    return ContextTooLarge(whole(of.get("num_ctx", "")), whole(of.get("n_ctx_train", "")))


def cache_type_ignored(rest: str) -> CacheTypeIgnored:
    """The warning about a type of K/V cache."""
    return CacheTypeIgnored(attributes(rest).get("type", ""))

"""What the server says of itself when it starts: its settings in effect, its port, what it found.

The settings are those in effect, defaults included: a value here does not mean that somebody set it.
Variables that are not Ollama's are let be, since a proxy's address may hold a password.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ollama_top.ollama.log.framing import attributes, size_bytes, whole

VARIABLE = re.compile(  # a value ends where the next name begins: some hold blanks and colons
    r"(?:^| )(OLLAMA_[A-Z0-9_]+|LLAMA_ARG_FIT\w*):(.*?)(?= (?:[A-Z][A-Z0-9_]*|https?_proxy|no_proxy):|$)"
)
LISTENING = re.compile(r"Listening on (\S+) \(version ([^\s)]+)\)")


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """The settings in effect, by the names of Ollama's variables."""

    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Listening:
    """The port is open."""

    address: str
    version: str


@dataclass(frozen=True, slots=True)
class Compute:
    """Something to compute with that was found at start: a GPU, or the processor where there is none."""

    library: str
    name: str
    description: str
    total_bytes: int | None
    available_bytes: int | None


@dataclass(frozen=True, slots=True)
class DefaultContext:
    """The context that a request gets without asking, by the memory of all GPUs (from 0.15.5)."""

    context_tokens: int
    vram_bytes: int | None


@dataclass(frozen=True, slots=True)
class InvalidVariable:
    """A variable that is not what it must be, and counts as unset."""

    name: str
    value: str
    default: str


def server_config(rest: str) -> ServerConfig | None:
    """The configuration line; the pairs of a Go map, whose values hold blanks and colons too."""
    env = attributes(rest).get("env", "")
    if not env.startswith("map["):
        return None
    pairs = VARIABLE.findall(env.removeprefix("map[").removesuffix("]"))
    return ServerConfig(dict(pairs))


def listening(message: str) -> Listening | None:
    """The line that names address and version."""
    found = LISTENING.fullmatch(message)
    return Listening(found[1], found[2]) if found else None


def compute(rest: str) -> Compute:
    """A line on what was found to compute with."""
    of = attributes(rest)
    name, about = of.get("name", ""), of.get("description", "")
    total, available = of.get("total", ""), of.get("available", "")
    return Compute(of.get("library", ""), name, about, size_bytes(total), size_bytes(available))


def default_context(rest: str) -> DefaultContext | None:
    """The line on the default context."""
    of = attributes(rest)
    tokens = whole(of.get("default_num_ctx", ""))
    return None if tokens is None else DefaultContext(tokens, size_bytes(of.get("total_vram", "")))


def invalid_variable(rest: str) -> InvalidVariable:
    """The warning about a variable."""
    of = attributes(rest)
    return InvalidVariable(of.get("key", ""), of.get("value", ""), of.get("default", ""))

"""What a runner took of memory, as it says itself: exact, and device by device."""

import re
from dataclasses import dataclass
from enum import StrEnum

from ollama_top.ollama.log.framing import attributes, size_bytes, whole

MIB = 1 << 20
NUMBER = r"([0-9]{1,9}(?:\.[0-9]{1,9})?)"
BUFFER = re.compile(rf"\w+: +(\S+) +(model|KV|compute|output|RS) +buffer size *= *{NUMBER} MiB")
CACHE = re.compile(
    rf"llama_kv_cache\w*: +(?:KV self )?size *= *{NUMBER} MiB.*?"
    rf"\bK \((\w+)\): *{NUMBER} MiB, V \((\w+)\): *{NUMBER} MiB"
)
CONTEXT = re.compile(r"llama_context: (n_seq_max|n_ctx|n_ctx_seq|flash_attn) += (\w+)$")
PROMPT_LIMIT = re.compile(r"srv +load_model: prompt cache is enabled, size limit: ([0-9]{1,9}) MiB")
PROMPT_STATE = re.compile(rf"srv +update:  - cache state: ([0-9]{{1,9}}) prompts, {NUMBER} MiB")


class Part(StrEnum):
    """What a piece of memory is for."""

    MODEL = "model"
    KV = "KV"
    COMPUTE = "compute"
    OUTPUT = "output"
    RECURRENT = "RS"


@dataclass(frozen=True, slots=True)
class Buffer:
    """A piece of memory on one device."""

    device: str
    part: Part
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Cache:
    """One K/V cache of a runner, on all devices together; models with a sliding window have two."""

    size_bytes: int
    key_type: str
    value_type: str


@dataclass(frozen=True, slots=True)
class ContextSetting:
    """A line of llama.cpp's context: `n_seq_max`, `n_ctx`, `n_ctx_seq` or `flash_attn`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class TotalMemory:
    """All that a runner of Ollama's own engine takes (0.6 to 0.24)."""

    size_bytes: int


@dataclass(frozen=True, slots=True)
class PromptCache:
    """The cache of prompts in main memory: its limit, or what it holds."""

    limit_bytes: int | None = None
    prompts: int | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class VramUpdated:
    """What is free on a card by the server's own account, once other models are counted."""

    gpu: str
    available_bytes: int | None


def buffer_of(line: str) -> Buffer | None:
    """A buffer that a runner of llama.cpp's made."""
    found = BUFFER.match(line)
    return Buffer(found[1], Part(found[2]), _mib(found[3])) if found else None


def cache_of(line: str) -> Cache | None:
    """A K/V cache with the types of its halves."""
    found = CACHE.match(line)
    return Cache(_mib(found[1]), found[2], found[4]) if found else None


def context_setting(line: str) -> ContextSetting | None:
    """A setting of llama.cpp's context."""
    found = CONTEXT.match(line)
    return ContextSetting(found[1], found[2]) if found else None


def engine_buffer(part: Part, rest: str) -> Buffer | None:
    """A buffer of Ollama's own engine, which calls its device by several names over time."""
    of = attributes(rest)
    device = of.get("device") or of.get("buffer") or of.get("buffer_type")
    size = size_bytes(of.get("size", ""))
    return Buffer(device, part, size) if device and size is not None else None


def total_memory(rest: str) -> TotalMemory | None:
    """The sum that Ollama's own engine gives."""
    size = size_bytes(attributes(rest).get("size", ""))
    return None if size is None else TotalMemory(size)


def prompt_cache(line: str) -> PromptCache | None:
    """A line on the cache of prompts."""
    limit = PROMPT_LIMIT.match(line)
    if limit:
        return PromptCache(limit_bytes=int(limit[1]) * MIB)
    state = PROMPT_STATE.match(line)
    return PromptCache(prompts=whole(state[1]), size_bytes=_mib(state[2])) if state else None


def vram_updated(rest: str) -> VramUpdated:
    """The server's own account of a card."""
    of = attributes(rest)
    return VramUpdated(of.get("gpu", ""), size_bytes(of.get("available", "")))


def _mib(text: str) -> int:
    return round(float(text) * MIB)

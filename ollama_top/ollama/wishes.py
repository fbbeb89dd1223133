"""Settings that somebody would like to know the price of, as NAME=VALUE. Names may lack their OLLAMA_."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ollama_top.ollama.cache_types import BLOCKS

T = TypeVar("T")
PREFIX = "OLLAMA_"
PARALLEL, CONTEXT = "OLLAMA_NUM_PARALLEL", "OLLAMA_CONTEXT_LENGTH"
CACHE_TYPE, FLASH_ATTENTION = "OLLAMA_KV_CACHE_TYPE", "OLLAMA_FLASH_ATTENTION"
NAMES = (PARALLEL, CONTEXT, CACHE_TYPE, FLASH_ATTENTION)
MOST_PARALLEL = 256  # llama.cpp serves no more
MOST_CONTEXT = 1 << 24
TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})


class WishError(ValueError):
    """A wish that cannot be one; the text says what can."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be changed; None where nothing is said of it."""

    parallel: int | None = None
    context_tokens: int | None = None
    kv_cache_type: str | None = None
    has_flash_attention: bool | None = None


def parse_wish(words: Sequence[str]) -> Wish:
    """The wish in so many NAME=VALUE; raises WishError."""
    given = _given(words)
    return Wish(
        _read(given, PARALLEL, _parallel),
        _read(given, CONTEXT, _context),
        _read(given, CACHE_TYPE, _cache_type),
        _read(given, FLASH_ATTENTION, _truth),
    )


def _given(words: Sequence[str]) -> dict[str, str]:
    """The values by their full names."""
    if not words:
        raise WishError(f"nothing to try: give NAME=VALUE of {', '.join(NAMES)}")
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        full = name if name.startswith(PREFIX) else PREFIX + name
        if not equals or full not in NAMES:
            raise WishError(f"{word!r} is no NAME=VALUE of {', '.join(NAMES)}")
        if full in found:
            raise WishError(f"{full} is given twice")
        found[full] = value
    return found


def _read(given: Mapping[str, str], name: str, reader: Callable[[str], T]) -> T | None:
    if name not in given:
        return None
    try:
        return reader(given[name])
    except ValueError as error:
        raise WishError(f"{name}={given[name]}: {error}") from None


def _parallel(value: str) -> int:
    return _number(value, MOST_PARALLEL)


def _context(value: str) -> int:
    return _number(value, MOST_CONTEXT)


def _number(value: str, most: int) -> int:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
    if not 1 <= number <= most:
        raise ValueError(f"a whole number from 1 to {most} is wanted")
    return number


def _cache_type(value: str) -> str:
    if value.lower() not in BLOCKS:
        raise ValueError(f"there are {', '.join(BLOCKS)}")
    return value.lower()


def _truth(value: str) -> bool:
    if value not in TRUE | FALSE:
        raise ValueError("1 or 0 is wanted")
    return value in TRUE

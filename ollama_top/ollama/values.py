"""What Ollama makes of the text of a variable, by the kind of value that it reads there. Pure.

Read in envconfig/config.go: blanks and then quotes are trimmed from both ends, what is empty counts
as unset, and what cannot be read is seldom an error: a number is ignored, a switch counts as on.
"""

import re
from dataclasses import dataclass

from ollama_top.model.vocabulary import Vocabulary

MOST = (1 << 64) - 1  # of Go's ParseUint with 64 bits
TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
FALSE = frozenset({"0", "f", "F", "false", "FALSE", "False"})
DURATION = re.compile(r"[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|[-+]?0")
WHOLE = re.compile(r"[-+]?\d{1,19}")
PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
UNITS_S = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
FOREVER = "forever"


class Kind(Vocabulary):
    """How Ollama reads the value of a variable."""

    COUNT = "count", "a whole number, 0 or more"
    SWITCH = "switch", "1, 0, true or false"
    DURATION = "duration", "a time such as 30s, 5m or 24h, or seconds; a negative one is for ever"
    LEVEL = "level", "1 or true for debugging, 2 for every detail"
    NAME = "name", "a name, in large letters or small ones"
    TEXT = "text", "a text, taken as it is"


@dataclass(frozen=True, slots=True)
class Understood:
    """What Ollama makes of a text."""

    value: str | None  # as it counts; None where the default holds, as if it were unset
    problem: str | None = None  # what is wrong with the text, and what comes of it


UNSET = Understood(None)


def understood(kind: Kind, text: str) -> Understood:
    """What a text means to Ollama as a value of this kind."""
    value = trimmed(text)
    return READERS[kind](value) if value else UNSET


def trimmed(text: str) -> str:
    """A value without the blanks round it and the quotes round that, as Ollama takes it."""
    return text.strip().strip("\"'")


def _count(value: str) -> Understood:
    if re.fullmatch(r"[0-9]+", value) and int(value) <= MOST:
        return Understood(str(int(value)))
    return Understood(None, f"{value!r} is no whole number: Ollama warns in its log and takes the default")


def _switch(value: str) -> Understood:
    if value in TRUE:
        return Understood("true")
    if value in FALSE:
        return Understood("false")
    return Understood("true", f"{value!r} is neither true nor false: Ollama takes it for true")


def _duration(value: str) -> Understood:
    is_number = WHOLE.fullmatch(value) is not None
    if not is_number and not DURATION.fullmatch(value):
        return Understood(None, f"{value!r} is no time such as 5m or 300: Ollama takes the default")
    if value.startswith("-") and re.search(r"[1-9]", value):
        return Understood(FOREVER)
    return Understood(f"{int(value)}s" if is_number else value.removeprefix("+"))


def seconds(duration: str) -> float | None:
    """How long a time as Go writes it is, in seconds; None for what is none, and for ever."""
    if not DURATION.fullmatch(duration):
        return None
    sign = -1 if duration.startswith("-") else 1
    return sign * sum(float(number) * UNITS_S[unit] for number, unit in PART.findall(duration))


def _level(value: str) -> Understood:
    if value in TRUE:
        return Understood("debug")
    number = int(value) if WHOLE.fullmatch(value) else None
    if value in FALSE or number == 0:
        return Understood("info")
    if number is None:
        return Understood("info", f"{value!r} is neither true nor a number: Ollama takes it for false")
    return Understood("debug" if number == 1 else "trace" if number > 1 else "warnings only")


def _name(value: str) -> Understood:
    return Understood(value.lower())


READERS = {
    Kind.COUNT: _count,
    Kind.SWITCH: _switch,
    Kind.DURATION: _duration,
    Kind.LEVEL: _level,
    Kind.NAME: _name,
    Kind.TEXT: Understood,
}

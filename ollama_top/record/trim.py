"""What of a Frame goes into a recording, and how: it may be handed to strangers. Pure.

Must never let through what may be a secret. Frames hold no prompts, no answers and no keys to begin with, and
of the environment what concerns Ollama; what is masked here is what others may have written into a name, a
command line or a line of the log.
"""

import re
from dataclasses import replace
from functools import lru_cache

from ollama_top.model.difference import Plain
from ollama_top.model.frame import Frame
from ollama_top.ollama.log.secrets import without_secrets

DIGITS = 3  # of a fraction, as in the JSON document
MOST_LINES = 200  # of the log: its newest
MASK = "***"
_KEYS = re.compile(
    r"\b(?:sk|pk|rk|hf|ghp|gho|ghs|github_pat|glpat|xox[abprs])[-_][A-Za-z0-9_-]{12,}|\bAKIA[0-9A-Z]{16}\b"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
)
_NAME = r"(?:api[-_]?key|access[-_]?key|token|secret|passw(?:or)?d|passwd|credentials?)"
_VALUE = r"(?![\d.]+\b)[^\s\"',;]{6,}"  # a number is a count, and no secret
_NAMED = re.compile(rf"(?i)({_NAME}[\"']?=[\"']?|--?[\w-]*{_NAME}\s+){_VALUE}")
_TOLD = re.compile(rf"(?i)({_NAME}[\"']?:\s*[\"']?)(?=\S*\d){_VALUE}")
_BEARER = re.compile(r"(?i)\b((?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{6,}")


def trimmed(frame: Frame, since_s: float | None) -> Frame:
    """The Frame without the older lines of the log, and without the hour before a moment."""
    hour = frame.hour if since_s is None else frame.hour.part(frame.hour.before(since_s))
    log = replace(frame.log, lines=frame.log.lines[-MOST_LINES:])
    return replace(frame, log=log, hour=hour)


def settled(packed: Plain) -> Plain:
    """A packed Frame with its fractions rounded, and without secrets."""
    kind = type(packed)
    if kind is float:
        return round(packed, DIGITS)
    if kind is str:
        return masked(packed)
    if kind is tuple:
        return tuple([settled(each) for each in packed])
    if kind is list:
        return [settled(each) for each in packed]
    if kind is dict:
        return {key: masked(each) for key, each in packed.items()}
    return packed


@lru_cache(maxsize=4096)
def masked(text: str) -> str:
    """A text with a mask for what looks like a secret."""
    text = _KEYS.sub(MASK, without_secrets(text))
    for named in (_BEARER, _NAMED, _TOLD):
        text = named.sub(rf"\1{MASK}", text)
    return text

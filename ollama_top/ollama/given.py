"""What is wrong with a value that somebody wants to give a variable. Pure.

Must never let through a value that no environment can hold, or one that may be a secret.
"""

import re

from ollama_top.ollama.environment import HIDDEN, kept
from ollama_top.ollama.families import Release
from ollama_top.ollama.misspelt import meant_by
from ollama_top.ollama.variables import DECLARED, is_ours

NAME = re.compile(r"[A-Z][A-Z0-9_]{0,99}")
LARGEST_BYTES = 100_000  # Linux takes no more than 128 KiB for one variable
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
SHOWN = 40  # characters of a value in a sentence


def refusal(name: str, value: str | None) -> str | None:
    """Why a value can be given to no variable of this name; None where it can. None takes it away."""
    if not NAME.fullmatch(name) or not is_ours(name):
        return f"{name[:SHOWN]!r} is no variable of Ollama's or its runners'"
    if value is None:
        return None
    if CONTROL.search(value):
        return f"{name}: a line break or another control character can be in no value"
    size = len(value.encode())
    if size > LARGEST_BYTES:
        return f"{name}: {size} bytes are more than the {LARGEST_BYTES} that are taken"
    if value == HIDDEN or kept(name, value) is None:
        return f"{name}: it may be a secret, which ollama-top does not keep"
    return None


def mistake(name: str, value: str | None) -> str | None:
    """Why Ollama could make nothing of a value and would take its default; None where it can."""
    variable = DECLARED.get(name)
    if variable is None or value is None:
        return None
    found = variable.understood(value[:LARGEST_BYTES], None)
    return f"{name}: {found.problem}" if found.value is None and found.problem else None


def doubt(name: str, value: str | None, release: Release | None) -> str | None:
    """What a person should know of a value that can be given; None where nothing is odd.

    A release that is not known is taken for the newest.
    """
    variable = DECLARED.get(name)
    if variable is None:
        meant = meant_by(name)
        hint = f": is {meant} meant?" if meant else ""
        return (
            None
            if name.startswith("LLAMA_ARG_")
            else f"{name}: no version of Ollama known here reads it{hint}"
        )
    if not variable.is_read(release):
        return f"{name}: this version of Ollama does not read it"
    problem = variable.understood(value, release).problem
    return f"{name}: {problem}" if problem else None

"""What a user asks to change, checked before anything is planned. Pure.

Must never let a value pass that Ollama would not take as it is meant, nor one that is a secret: what is
changed is kept, so that it can be taken back.
"""

import re
from collections.abc import Iterable, Sequence

from ollama_top.model.finding import Change
from ollama_top.ollama.environment import concerns, is_secret, kept
from ollama_top.ollama.families import Release
from ollama_top.ollama.given import CONTROL, LARGEST_BYTES
from ollama_top.ollama.host import parse_target
from ollama_top.ollama.misspelt import meant_by
from ollama_top.ollama.variables import DECLARED, is_ours

PREFIX = "OLLAMA_"
HOST = "OLLAMA_HOST"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class BadChangeError(ValueError):
    """A change that cannot be asked for; the text says what can."""


def asked(words: Sequence[str], unset: Sequence[str], release: Release | None) -> tuple[Change, ...]:
    """The changes in so many NAME=VALUE, and names to take away; raises BadChangeError."""
    changes = [*map(_assigned, words), *(Change(full_name(each), None) for each in unset)]
    names = [each.name for each in changes]
    twice = [each for each in names if names.count(each) > 1]
    if not changes:
        raise BadChangeError("nothing to change: give NAME=VALUE, or --unset NAME")
    if twice:
        raise BadChangeError(f"{twice[0]} is given twice")
    for each in changes:
        check(each, release)
    return tuple(changes)


def full_name(name: str) -> str:
    """The whole name of a variable that may lack its OLLAMA_; raises BadChangeError."""
    if not NAME.fullmatch(name):
        raise BadChangeError(f"{name[:60]!r} is no name of a variable")
    is_whole = name.startswith(PREFIX) or name in DECLARED or concerns(name)
    return name if is_whole or PREFIX + name not in DECLARED else PREFIX + name


def check(change: Change, release: Release | None) -> None:
    """Refuse what would not do what it says; raises BadChangeError."""
    name, value = change.name, change.value
    if not concerns(name) or name.startswith("OLLAMA_TOP_"):
        raise BadChangeError(f"{name} is no variable of Ollama's, its runners' or its GPUs'")
    if (meant := meant_by(name)) is not None:
        raise BadChangeError(f"no version of Ollama reads {name}: {meant} is meant, probably")
    if is_secret(name) or (value is not None and kept(name, value) is None):
        raise BadChangeError(
            f"{name} may be a secret, and a change is kept so that it can be undone: set it by hand"
        )
    if value is not None:
        _check_value(name, value, release)


def _assigned(word: str) -> Change:
    name, equals, value = word.partition("=")
    if not equals:
        raise BadChangeError(f"{word[:60]!r} is no NAME=VALUE; --unset NAME takes one away")
    return Change(full_name(name), value)


def _check_value(name: str, value: str, release: Release | None) -> None:
    if len(value.encode(errors="surrogatepass")) > LARGEST_BYTES:
        raise BadChangeError(f"the value of {name} is longer than a variable can be")
    if CONTROL.search(value):
        raise BadChangeError(f"the value of {name} holds a control character, which a variable cannot carry")
    if not value.strip():
        raise BadChangeError(f"an empty {name} counts as not set: --unset {name} takes it away")
    variable = DECLARED.get(name)
    problem = variable.understood(value, release).problem if variable else None
    if problem is not None:
        raise BadChangeError(f"{name}={value[:60]}: {problem}")
    if name == HOST:
        _check_host(value)


def _check_host(value: str) -> None:
    try:
        parse_target(value)
    except ValueError as error:
        raise BadChangeError(f"{HOST}: {error}") from None


def notes(changes: Iterable[Change], release: Release | None) -> tuple[str, ...]:
    """What a user should know of the changes, besides what they cost."""
    return tuple(note for each in changes for note in _notes(each, release))


def _notes(change: Change, release: Release | None) -> Iterable[str]:
    variable = DECLARED.get(change.name)
    if variable is None:
        whose = "Ollama or its runners" if is_ours(change.name) else "a driver"
        yield f"{change.name} is not known here: whether {whose} reads it cannot be told."
    elif not variable.is_read(release):
        yield f"This version of Ollama does not read {change.name}."
    elif change.value is not None and variable.cost:
        yield f"{change.name}: {variable.cost}"

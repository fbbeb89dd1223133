"""A value or a name that Ollama, or the service manager before it, cannot read or takes for another."""

import re
from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import configured_evidence, release, running_evidence, service, setting
from ollama_top.model.configuration import Rejected
from ollama_top.model.finding import Evidence, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Known, Source
from ollama_top.model.setting import Setting, SettingStatus
from ollama_top.model.verdict import Severity
from ollama_top.ollama.misspelt import meant_by
from ollama_top.ollama.values import Kind, Understood, trimmed
from ollama_top.ollama.variable import Variable
from ollama_top.ollama.variables import DECLARED

NAME = re.compile(r"(?:OLLAMA|LLAMA_ARG)_[A-Z0-9_]+")
SWITCHES = {"on": "1", "yes": "1", "enabled": "1", "off": "0", "no": "0", "disabled": "0"}
WORDS = dict(zip(("one", "two", "three", "four", "five", "six", "seven", "eight"), "12345678", strict=True))


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    for each in snapshot.settings:
        text = _text(each)
        meant = _understood(each.name, text, snapshot)
        if text is not None and meant.problem is not None:
            yield _found(each, text, meant, snapshot)
        right = setting(snapshot, meant_by(each.name) or "")
        if text is not None and right is not None and right.status is SettingStatus.DEFAULT:
            yield _misspelt(each, text, right.name, snapshot)
    kept = service(snapshot)
    for rejected in kept.configuration.rejected if kept else ():
        yield _rejected(rejected)


def _text(each: Setting) -> str | None:
    """What the next start would get, else what the running server has."""
    reading = each.configured if isinstance(each.configured, Known) else each.running
    return reading.value if isinstance(reading, Known) else None


def _understood(name: str, text: str | None, snapshot: Snapshot) -> Understood:
    variable = DECLARED.get(name)
    known = release(snapshot)
    is_read = variable is not None and variable.is_read(known)
    return variable.understood(text, known) if variable is not None and is_read else Understood(None)


def _found(each: Setting, text: str, meant: Understood, snapshot: Snapshot) -> Found:
    return Found(
        title=f"{each.name}={text} does not mean what it seems to: {_holds(each, text, meant)}",
        cause=f"{(meant.problem or '')[:1].upper()}{(meant.problem or '')[1:]}.",
        evidence=(*configured_evidence(each), running_evidence(snapshot, each)),
        fix=to_set(**{each.name: proposed(each.name, text)}),
        subject=each.name,
    )


def _holds(each: Setting, text: str, meant: Understood) -> str:
    """What holds in its place; of a value that is read as it stands, what comes of that."""
    if meant.value is None:
        return f"the default holds: {each.default}"
    is_read = meant.value == trimmed(text).lower()
    return meant.problem or "" if is_read else f"it counts as {meant.value}"


def _misspelt(each: Setting, text: str, right: str, snapshot: Snapshot) -> Found:
    return Found(
        title=f"{each.name}={text} has no effect: Ollama reads {right}",
        cause="No version of Ollama knows the name, and none says so of a name that it does not know.",
        evidence=(*configured_evidence(each), running_evidence(snapshot, each)),
        fix=to_set(**{right: text, each.name: None}),
        subject=each.name,
    )


def _rejected(rejected: Rejected) -> Found:
    name = NAME.search(rejected.text)
    value = rejected.text[name.end() :].lstrip("=: ") if name else ""
    return Found(
        title=f"{rejected.text!r} in {rejected.place} has no effect",
        cause=f"{rejected.why[:1].upper()}{rejected.why[1:]}.",
        evidence=(Evidence(f"{rejected.place}: {rejected.text}", Source.SERVICE),),
        fix=to_set(**{name[0]: proposed(name[0], value)}) if name else None,
        subject=f"{rejected.place} {rejected.text}",
    )


def proposed(name: str, text: str) -> str | None:
    """What may have been meant by a value that cannot be read; None proposes to take it away."""
    variable = DECLARED.get(name)
    meant = _meant(variable, text)
    if not meant or (variable is not None and variable.understood(meant, None).problem is not None):
        return None
    return meant


def _meant(variable: Variable | None, text: str) -> str | None:
    word = trimmed(text).lower()
    if variable is None or variable.kind not in {Kind.COUNT, Kind.SWITCH}:
        return text
    if variable.kind is Kind.SWITCH:
        return SWITCHES.get(word, text)
    number = re.search(r"(?<![-\d])[1-9]\d{0,3}", text)
    return number[0] if number else WORDS.get(word)


CHECK = Check(
    "invalid-value",
    "values that cannot be read or count as something else, and names that are misspelt",
    Severity.WARNING,
    _look,
)

"""The environment that a unit's files give to its next start, by systemd's precedence. Pure.

As systemd.exec(5) and exec-invoke.c have it, the later going before the earlier: the manager's own,
PassEnvironment=, Environment=, EnvironmentFile=, and UnsetEnvironment= takes away at the end.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ollama_top.model.configuration import (
    Assignment,
    Configuration,
    Layer,
    Place,
    Rejected,
    Unread,
    joined,
)
from ollama_top.model.process import Variable
from ollama_top.ollama.environment import concerns
from ollama_top.services.assigning import assigned
from ollama_top.services.systemd.environment_file import assignments
from ollama_top.services.systemd.unit_file import Directive, directives
from ollama_top.services.systemd.words import SyntaxProblemError, resolved, words

SECTION = "Service"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
MENTION = re.compile(r"(?:export\s+)?[\"']?(?:OLLAMA_|LLAMA_ARG_)[^\s\"']*")
SETTERS = frozenset({"Environment", "EnvironmentFile", "PassEnvironment", "UnsetEnvironment"})


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file that has a say; `text` is None where it could not be read, and `problem` says why."""

    path: str
    text: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class NamedFile:
    """An EnvironmentFile= as written, which may be a pattern."""

    pattern: str
    is_optional: bool
    place: Place


@dataclass(frozen=True, slots=True)
class UnitTexts:
    """Everything that has a say in a unit's next start, as it lies on the disk."""

    unit: str
    files: tuple[TextFile, ...]  # the unit's own, then those dropped in, as systemd orders them
    named: Mapping[str, tuple[TextFile, ...]]  # the files behind each pattern of `environment_files`
    manager: tuple[Variable, ...] = ()  # systemd's own environment

    def configuration(self) -> Configuration:
        """What the next start would get."""
        return configuration(self.unit, self.files, self.named, self.manager)


@dataclass(slots=True)
class _Said:
    """What the unit's files say, as they are gone through."""

    passed: list[Assignment] = field(default_factory=list)
    inline: list[Assignment] = field(default_factory=list)
    files: list[NamedFile] = field(default_factory=list)
    unset: list[tuple[str, Place]] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


def environment_files(unit: str, files: Sequence[TextFile]) -> tuple[NamedFile, ...]:
    """The files that the unit names for its environment, in their order."""
    return tuple(_said(unit, files).files)


def configuration(
    unit: str,
    files: Sequence[TextFile],
    named: Mapping[str, Sequence[TextFile]],
    manager: Sequence[Variable] = (),
) -> Configuration:
    """What the next start would get.

    `files` are the unit's own file and those dropped in, as systemd orders them; `named` are the
    files behind each pattern of `environment_files`; `manager` is systemd's own environment.
    """
    said = _said(unit, files)
    own = Place(Layer.MANAGER, None)
    unread = tuple(Unread(_place(each, files, None), each.problem) for each in files if each.problem)
    whole = joined(
        (
            Configuration(
                tuple(assigned(each.name, each.value, own) for each in manager if concerns(each.name))
            ),
            Configuration((*said.passed, *said.inline), tuple(said.rejected), unread),
            *(_of_named(each, named.get(each.pattern, ())) for each in said.files),
        )
    )
    taken_away = [_taken_away(word, place, whole) for word, place in said.unset]
    return joined((whole, *taken_away))


def _taken_away(word: str, place: Place, whole: Configuration) -> Configuration:
    """One word of UnsetEnvironment=: a name, or a name with the value that alone is to go."""
    name, equals, value = word.partition("=")
    said = whole.said(name)
    if not said or (equals and said[-1].value != value):
        return Configuration()
    return Configuration((Assignment(name, None, place),))


def _said(unit: str, files: Sequence[TextFile]) -> _Said:
    said = _Said()
    for file in files:
        for each in directives(file.text or ""):
            place = _place(file, files, each.line)
            if each.section == SECTION and each.name in SETTERS:
                _follow(said, each, place, unit)
            else:
                said.rejected += [Rejected(text, place, _why_astray(each)) for text in _mentions(each)]
    return said


def _place(file: TextFile, files: Sequence[TextFile], line: int | None) -> Place:
    return Place(Layer.UNIT if file is files[0] else Layer.DROP_IN, file.path, line)


def _mentions(directive: Directive) -> list[str]:
    """What a line wants to say of our variables, and nothing else of it."""
    return MENTION.findall(directive.value if directive.name in SETTERS else directive.name)


def _why_astray(directive: Directive) -> str:
    if directive.name not in SETTERS:
        return "it is no setting of systemd's, which ignores it: it belongs behind Environment="
    where = f"in [{directive.section}]" if directive.section else "before any section"
    return f"it stands {where} and not in [{SECTION}], so systemd ignores it"


def _follow(said: _Said, directive: Directive, place: Place, unit: str) -> None:
    """Take up one line; an empty value takes back what lines of its name said before."""
    match directive.name, directive.value:
        case "Environment", "":
            said.inline += [Assignment(name, None, place) for name in {each.name for each in said.inline}]
        case "EnvironmentFile", "":
            said.files.clear()
        case "PassEnvironment", "":
            said.passed.clear()
        case "UnsetEnvironment", "":
            said.unset.clear()
        case "EnvironmentFile", value:
            said.files += _named(value, place, unit)
        case _:
            _follow_words(said, directive, place, unit)


def _named(value: str, place: Place, unit: str) -> list[NamedFile]:
    """A file by the name that stands in the unit; none where that cannot be told."""
    try:
        pattern = resolved(value.removeprefix("-"), unit)
    except ValueError:
        return []  # systemd ignores the line
    return [NamedFile(pattern or value.removeprefix("-"), value.startswith("-"), place)]


def _follow_words(said: _Said, directive: Directive, place: Place, unit: str) -> None:
    try:
        for word in words(directive.value):
            _follow_word(said, directive.name, word, place, unit)
    except SyntaxProblemError as problem:
        why = f"systemd ignores it, since {problem}"
        said.rejected += [Rejected(each, place, why) for each in MENTION.findall(problem.ignored)]


def _follow_word(said: _Said, name: str, word: str, place: Place, unit: str) -> None:
    match name:
        case "Environment":
            _take(said, word, place, unit)
        case "PassEnvironment" if concerns(word):
            problem = "it is taken from systemd's own environment"
            said.passed.append(Assignment(word, None, place, problem))
        case "UnsetEnvironment" if concerns(word):
            said.unset.append((word, place))


def _take(said: _Said, word: str, place: Place, unit: str) -> None:
    try:
        whole = resolved(word, unit)
    except ValueError as error:
        said.rejected += [
            Rejected(each, place, f"systemd ignores it, since {error}") for each in MENTION.findall(word)
        ]
        return
    name, equals, value = (word if whole is None else whole).partition("=")
    if not equals or not NAME.fullmatch(name):
        said.rejected += [
            Rejected(each, place, _why_rejected(name, equals)) for each in MENTION.findall(word)
        ]
    elif concerns(name):
        problem = "only systemd knows what its % specifiers stand for; a percent sign is written %%"
        said.inline.append(
            Assignment(name, None, place, problem) if whole is None else _checked(name, value, place, said)
        )


def _checked(name: str, value: str, place: Place, said: _Said) -> Assignment:
    """The assignment; a value that systemd refuses changes nothing of what was said before."""
    if not CONTROL.search(value):
        return assigned(name, value, place)
    said.rejected.append(Rejected(name, place, "its value holds a control character, so systemd ignores it"))
    return next((each for each in reversed(said.inline) if each.name == name), Assignment(name, None, place))


def _why_rejected(name: str, equals: str) -> str:
    if name.startswith("export"):
        return "`export` is the shell's: systemd takes it for a part of the name, and ignores it"
    if not equals:
        return "there is no `=` in it, so systemd ignores it"
    return "its name is none that a variable can have, so systemd ignores it"


def _of_named(named: NamedFile, found: Sequence[TextFile]) -> Configuration:
    return joined(_of_file(each, named) for each in found)


def _of_file(file: TextFile, named: NamedFile) -> Configuration:
    place = Place(Layer.ENVIRONMENT_FILE, file.path)
    if file.text is None:
        is_missed = named.is_optional and file.problem is None
        return (
            Configuration()
            if is_missed
            else Configuration(unread=(Unread(place, file.problem or "it is not there"),))
        )
    taken: list[Assignment] = []
    rejected: list[Rejected] = []
    for each in assignments(file.text):
        at = Place(Layer.ENVIRONMENT_FILE, file.path, each.line)
        if NAME.fullmatch(each.name) and not CONTROL.search(each.value):
            taken += [assigned(each.name, each.value, at)] if concerns(each.name) else []
        else:
            rejected += [
                Rejected(text, at, _why_rejected(each.name, "=")) for text in MENTION.findall(each.name)
            ]
    return Configuration(tuple(taken), tuple(rejected))

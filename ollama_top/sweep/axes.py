"""What is to be swept: variables with their values, checked, and every combination of them. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from ollama_top.model.sweep import SweepSetting
from ollama_top.ollama.environment import NUM_PARALLEL
from ollama_top.ollama.families import Release
from ollama_top.ollama.misspelt import meant_by
from ollama_top.ollama.values import Kind
from ollama_top.ollama.variable import Variable
from ollama_top.ollama.variables import DECLARED

PREFIX = "OLLAMA_"
UNSET = "unset"
USUAL = (f"{NUM_PARALLEL}=1,2,4,8",)
MOST_COMBINATIONS, MOST_PARALLEL = 64, 64
FIXED = {
    "OLLAMA_HOST": "each server gets a free port of this machine",
    "OLLAMA_MODELS": "--models names the folder",
    "OLLAMA_NOPRUNE": "it stays on, so that no server removes files of models",
    "OLLAMA_NO_CLOUD": "it stays on, so that nothing leaves this machine",
}
"""Variables that are no choice, and why."""
SWITCHES = {"on": "true", "off": "false"}  # how defaults are told, and how they are read

Settings = tuple[SweepSetting, ...]


class SweepError(ValueError):
    """A sweep that cannot be one; the text says what can."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One variable, and the values that it takes; None leaves it unset."""

    variable: Variable
    values: tuple[str | None, ...]


def parse_axes(words: Sequence[str]) -> tuple[Axis, ...]:
    """The variables in so many NAME=VALUE,VALUE; names may lack their OLLAMA_. Raises SweepError."""
    axes = tuple(map(_axis, words or USUAL))
    names = [each.variable.name for each in axes]
    for name in names:
        if names.count(name) > 1:
            raise SweepError(f"{name} is given twice")
    count = len(list(combinations(axes)))
    if count > MOST_COMBINATIONS:
        raise SweepError(f"these are {count} combinations; {MOST_COMBINATIONS} are the most")
    return axes


def _axis(word: str) -> Axis:
    name, equals, texts = word.partition("=")
    variable = DECLARED.get(name) or DECLARED.get(PREFIX + name)
    if not equals or not texts:
        raise SweepError(f"{word!r} is no NAME=VALUE,VALUE")
    if variable is None:
        meant = meant_by(name if name.startswith(PREFIX) else PREFIX + name)
        raise SweepError(f"Ollama reads no {name}{f'; {meant} may be meant' if meant else ''}")
    if variable.name in FIXED:
        raise SweepError(f"{variable.name} cannot be swept: {FIXED[variable.name]}")
    values = tuple(_value(variable, text.strip()) for text in texts.split(","))
    meanings = [_meaning(variable, each) for each in values]
    if len(set(meanings)) < len(meanings):
        raise SweepError(f"{word}: two of the values mean the same")
    return Axis(variable, values)


def _value(variable: Variable, text: str) -> str | None:
    if text == UNSET:
        return None
    if not text:
        raise SweepError(f"{variable.name}: a value is empty; {UNSET!r} leaves it unset")
    problem = problem_of(variable, text, None)
    if problem is not None:
        raise SweepError(f"{variable.name}={text}: {problem}")
    if variable.name == NUM_PARALLEL and int(_meaning(variable, text) or 0) > MOST_PARALLEL:
        raise SweepError(f"{variable.name}={text}: {MOST_PARALLEL} at once are the most that are swept")
    return text


def problem_of(variable: Variable, text: str | None, release: Release | None) -> str | None:
    """What is wrong with a value for a release, an unknown one being the newest; None when nothing is."""
    if text is None:
        return None
    if not variable.is_read(release):
        return f"this release does not read {variable.name}"
    return variable.understood(text, release).problem


def problem_for(settings: Settings, release: Release | None) -> str | None:
    """What is wrong with a combination for a release; None when nothing is."""
    found = (problem_of(DECLARED[each.name], each.value, release) for each in settings)
    return next((each for each in found if each is not None), None)


def _meaning(variable: Variable, text: str | None) -> str | None:
    return variable.understood(text, None).value


def combinations(axes: Sequence[Axis]) -> Iterator[Settings]:
    """Every combination, the last variable changing fastest."""
    names = [each.variable.name for each in axes]
    for values in product(*(each.values for each in axes)):
        yield tuple(map(SweepSetting, names, values))


def is_default(setting: SweepSetting, release: Release | None) -> bool:
    """Whether a setting says what would hold without it."""
    variable = DECLARED[setting.name]
    default = variable.default(release)
    return setting.value is None or variable.understood(setting.value, release).value == SWITCHES.get(
        default, default
    )


def weight(axes: Sequence[Axis], settings: Settings, release: Release | None) -> tuple[float, ...]:
    """What ties are broken by, the smallest first: settings that differ from defaults, then their sizes."""
    changed = sum(not is_default(each, release) for each in settings)
    sizes = (_size(axis, each, release) for axis, each in zip(axes, settings, strict=True))
    return (changed, *sizes)


def _size(axis: Axis, setting: SweepSetting, release: Release | None) -> float:
    """A number by its size; of another value its place among those that were given; a default as none."""
    if setting.value is None:
        return -1
    if axis.variable.kind is Kind.COUNT:
        return float(axis.variable.understood(setting.value, release).value or 0)
    return -1 if is_default(setting, release) else axis.values.index(setting.value)


def label(settings: Settings) -> str:
    """A combination as NAME=VALUE, for people who know that all begin with OLLAMA_."""
    return " ".join(f"{each.name.removeprefix(PREFIX)}={_shown(each)}" for each in settings)


def _shown(setting: SweepSetting) -> str:
    return UNSET if setting.value is None else setting.value

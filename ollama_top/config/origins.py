"""What holds of ollama-top's own settings, and who says so. Pure.

The order is that of `Level`: flag, environment, machine, general, default.
"""

from collections.abc import Mapping
from dataclasses import Field
from typing import Any

from ollama_top.config.settings import UNSET, Read, Settings
from ollama_top.model.fact import published
from ollama_top.model.own_setting import Level, OwnSetting

Given = Mapping[str, tuple[str, Any]]
"""By the key of a setting: the option or variable that says something of it, and what."""


def own_settings(read: Read, flags: Given, variables: Given) -> tuple[OwnSetting, ...]:
    """Every setting."""
    return tuple(_setting(each, read, flags, variables) for each in published(Settings))


def _setting(declared: "Field[Any]", read: Read, flags: Given, variables: Given) -> OwnSetting:
    name = declared.name
    for level, given in ((Level.FLAG, flags), (Level.ENVIRONMENT, variables)):
        if name in given:
            return OwnSetting(name, _text(given[name][1]), level, given[name][0])
    if name not in read.said:
        return OwnSetting(name, str(declared.metadata[UNSET]), Level.DEFAULT, None)
    said = read.said[name]
    level = Level.MACHINE if said.is_of_machine else Level.GENERAL
    return OwnSetting(name, _text(getattr(read.settings, name)), level, f"{read.path}:{said.line}")


def _text(value: Any) -> str:  # noqa: ANN401 - a setting of any type
    """A value as it stands in the file, without quotes."""
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).lower() if isinstance(value, bool) else str(value)

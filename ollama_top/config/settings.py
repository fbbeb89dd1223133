"""ollama-top's own settings file: TOML, every key a field of `Settings`, nothing else taken.

What is asked for but cannot be used is an error: a typo must not pass as a default.
"""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_args

LEAST_INTERVAL_S, MOST_INTERVAL_S = 0.2, 3600.0
TOKEN_VARIABLE = "OLLAMA_TOP_TOKEN"  # noqa: S105 - the name of a variable


class ConfigError(Exception):
    """A settings file that cannot be used; the text names file and key."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings file may say; None where it says nothing."""

    host: str | None = None  # as OLLAMA_HOST
    interval_s: float | None = None
    theme: str | None = None
    read_only: bool | None = None
    ca_file: str | None = None
    insecure: bool | None = None


def default_path() -> Path:
    """Where the settings file lies by this system's custom."""
    import platformdirs  # noqa: PLC0415 - 18 ms that --help does not need

    return platformdirs.user_config_path("ollama-top") / "config.toml"


def load(path: Path | None) -> Settings:
    """The settings of a file, by default the user's own, which need not be there; raises ConfigError."""
    source = path or default_path()
    try:
        text = source.read_text(encoding="utf-8")
    except FileNotFoundError:
        if path is None:
            return Settings()
        raise ConfigError(f"{source}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{source}: {error}") from None
    return parse(text, str(source))


def parse(text: str, source: str) -> Settings:
    """The settings in a text of TOML; `source` names it in errors. Raises ConfigError."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: {error}") from None
    known = {each.name: each.type for each in fields(Settings)}
    for key, value in table.items():
        if key not in known:
            raise ConfigError(f"{source}: unknown key {key!r}; known are {', '.join(known)}")
        _check(key, value, known[key], source)
    settings = Settings(**table)
    if settings.interval_s is not None:
        check_interval(settings.interval_s, f"{source}: interval_s")
    return settings


def check_interval(interval_s: float, what: str) -> float:
    """The interval if it is one that can be kept; raises ConfigError that names `what` was wrong."""
    if not LEAST_INTERVAL_S <= interval_s <= MOST_INTERVAL_S:
        raise ConfigError(
            f"{what}: {interval_s:g} is not between {LEAST_INTERVAL_S:g} and {MOST_INTERVAL_S:g} seconds"
        )
    return interval_s


def _check(key: str, value: object, kind: Any, source: str) -> None:  # noqa: ANN401 - a type as written above
    allowed = (int, *get_args(kind)) if float in get_args(kind) else get_args(kind)
    is_right = isinstance(value, allowed) and (not isinstance(value, bool) or bool in allowed)
    if not is_right:
        name = next(each.__name__ for each in get_args(kind) if each is not type(None))
        raise ConfigError(f"{source}: {key} must be a {name}")

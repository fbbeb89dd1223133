"""What was asked for: by the command line, else the environment, else the settings file."""

import argparse
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ollama_top.cli.errors import UsageError
from ollama_top.config.interval import DEFAULT_S

if TYPE_CHECKING:
    from pathlib import Path

    from ollama_top.config.settings import Settings
    from ollama_top.ollama.host import Target
    from ollama_top.sources.http import Access

SET_BY_PYTHON = ("C.UTF-8", "C.utf8", "UTF-8")


def settings_of(options: argparse.Namespace) -> "Settings":
    """What the settings file says; raises ConfigError."""
    from pathlib import Path  # as dear as the rest of --help

    from ollama_top.config import settings

    given: str | None = _given(options, "config")
    return settings.load(None if given is None else Path(given))


def interval_s_of(options: argparse.Namespace, settings: "Settings", default_s: float = DEFAULT_S) -> float:
    """Seconds between looks; raises ConfigError."""
    from ollama_top.config.settings import check_interval

    given = _given(options, "interval")
    return check_interval(given, "--interval") if given is not None else settings.interval_s or default_s


def target_of(options: argparse.Namespace, settings: "Settings") -> "Target":
    """The server's address; raises UsageError."""
    from ollama_top.config.settings import HOST_VARIABLE
    from ollama_top.ollama.host import parse_target

    for name, value in (
        ("--host", _given(options, "host")),
        (HOST_VARIABLE, os.environ.get(HOST_VARIABLE)),
        ("host in the settings file", settings.host),
    ):
        if value:
            try:
                return parse_target(value)
            except ValueError as error:
                raise UsageError(f"{name}: {error}") from None
    return parse_target("")


def access_of(options: argparse.Namespace, settings: "Settings") -> "Access":
    """What the server wants to see, and whom to take for it."""
    from ollama_top.sources.http import Access

    return Access(
        token=token_of_environment(),
        ca_file=ca_file_of(options, settings),
        insecure=bool(_given(options, "insecure") or settings.insecure),
    )


def ca_file_of(options: argparse.Namespace, settings: "Settings") -> str | None:
    """The file of certificates to trust; None for those that the system trusts."""
    given: str | None = _given(options, "ca_file")
    return given or settings.ca_file


def feeds_of(options: argparse.Namespace, settings: "Settings") -> "tuple[Path, ...]":
    """The feeds of proxies that are to be read beside those that are found."""
    from pathlib import Path

    return named_feeds(options) or tuple(map(Path, settings.feeds or ()))


def named_feeds(options: argparse.Namespace) -> "tuple[Path, ...]":
    """The feeds on the command line."""
    from pathlib import Path

    return tuple(map(Path, _given(options, "feed") or ()))


def theme_of(options: argparse.Namespace, settings: "Settings") -> str | None:
    """The name of the theme; None for the usual one; raises UsageError."""
    from ollama_top.tui.themes import THEMES

    names = [each.name for each in THEMES]
    name: str | None = options.theme or settings.theme
    if name is not None and name not in names:
        raise UsageError(f"there is no theme {name!r}; there are {', '.join(names)}")
    return name


def read_only_of(options: argparse.Namespace, settings: "Settings") -> bool:
    """Whether the screen takes no key that changes the server."""
    return bool(settings.read_only if options.read_only is None else options.read_only)


def ascii_of(options: argparse.Namespace, settings: "Settings") -> bool:
    """Whether the screen is drawn in ASCII alone."""
    chosen: bool | None = settings.ascii_only if options.ascii is None else options.ascii
    if chosen is not None:
        return chosen
    return "UTF8" not in _locale_name(os.environ, utf8_mode=sys.flags.utf8_mode).upper().replace("-", "")


def _locale_name(variables: Mapping[str, str], *, utf8_mode: int) -> str:
    """The locale for characters that the user has chosen.

    Where that is C, Python goes into its UTF-8 mode and sets LC_CTYPE itself (PEP 538 and 540).
    """
    characters = variables.get("LC_CTYPE")
    if utf8_mode and characters in SET_BY_PYTHON and "PYTHONUTF8" not in variables:
        characters = None
    return variables.get("LC_ALL") or characters or variables.get("LANG") or "C"


def token_of_environment() -> str | None:
    """The token for the server; raises ConfigError for one that cannot be sent."""
    from ollama_top.config.settings import TOKEN_VARIABLE, check_token

    token = os.environ.get(TOKEN_VARIABLE)
    return check_token(token) if token else None


def _given(options: argparse.Namespace, name: str) -> Any:  # noqa: ANN401 - argparse knows the types
    """An option of every command; None where it is not given, since it may stand in two places."""
    return getattr(options, name, None)


def own_command(options: argparse.Namespace, settings: "Settings") -> tuple[str, ...]:
    """This program with the options that name the same server; secrets stay in the environment.

    Nothing is taken from the folder it is started in (-P), which may be anybody's.
    """
    words = [sys.executable, "-P", "-m", "ollama_top", "--host", target_of(options, settings).url]
    for name, flag in (("config", "--config"), ("ca_file", "--ca-file")):
        if (given := _given(options, name)) is not None:
            words += [flag, str(given)]
    return (*words, *(["--insecure"] if _given(options, "insecure") else []))

"""ollama-top's own settings file: TOML, every key a field of `Settings`, nothing else taken.

What is asked for but cannot be used is an error: a typo must not pass as a default.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from ollama_top.config import interval
from ollama_top.model.fact import DOC, published

HOST_VARIABLE = "OLLAMA_HOST"
TOKEN_VARIABLE = "OLLAMA_TOP_TOKEN"  # noqa: S105 - the name of a variable

VARIABLES: dict[str, str] = {
    HOST_VARIABLE: "The server, by Ollama's own rules; `--host` goes before it.",
    TOKEN_VARIABLE: "A bearer token for the server; sent over https, or to this machine, and not otherwise.",
    "OLLAMA_TOP_AGAINST_KEY": "A key for the servers of `burst --against`, sent like the token; for one of"
    " them alone `_` and its name in capitals follow.",
    "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY": "A proxy on the way to a server on another machine;"
    " never taken on the way to this one.",
    "SSL_CERT_FILE, SSL_CERT_DIR": "Certificates to trust for a remote https server, unless a file is given.",
    "XDG_CONFIG_HOME": "Where the settings file lies on Linux, in `ollama-top/config.toml`, and a user's own"
    " units of systemd's.",
    "XDG_RUNTIME_DIR": "Where proxies put their feeds, and monitors find them, in `ollama-top/`.",
    "XDG_STATE_HOME": "Where panels, columns, order, zoom and theme, and what bursts and sweeps measured, are"
    " kept on Linux, in `ollama-top/`.",
    "HOMEBREW_USER_CONFIG_HOME": "Where Homebrew on macOS looks for a person's variables for its service.",
    "LC_ALL, LC_CTYPE, LANG": "The first that is set names the locale; where it is none of UTF-8, the screen"
    " is drawn in ASCII.",
    "TERM": "The terminal; `dumb` has no screen.",
    "NO_COLOR": "Set to anything: the screen does without colours.",
}
"""The variables of the environment that have a say."""


KINDS: dict[Any, str] = {
    str: "text in quotes",
    float: "a number",
    bool: "true or false",
    tuple[str, ...]: "a list of texts in quotes",
}


class ConfigError(Exception):
    """A settings file that cannot be used; the text names file and key."""


def _setting(doc: str) -> Any:  # noqa: ANN401 - stands in for a value of any type
    return field(default=None, metadata={DOC: doc})


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings file may say; None where it says nothing."""

    host: str | None = _setting(f"The server, written as in {HOST_VARIABLE}, which goes before it.")
    interval_s: float | None = _setting(
        f"Seconds between looks, {interval.LEAST_S:g} to {interval.MOST_S:g};"
        f" unless set {interval.DEFAULT_S:g}."
    )
    theme: str | None = _setting("Colours of the screen, by the name of a theme.")
    ascii_only: bool | None = _setting(
        "Whether the screen is drawn in ASCII alone; unless set, where the locale is none of UTF-8."
    )
    read_only: bool | None = _setting("Whether the screen takes no key that changes the server.")
    ca_file: str | None = _setting("File of certificates to trust for a remote https server.")
    insecure: bool | None = _setting("Whether any certificate of a remote https server is trusted.")
    feeds: tuple[str, ...] | None = _setting(
        "Paths of feeds of proxies that are read beside those that are found; `--feed` goes before them."
    )


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
    except UnicodeDecodeError:
        raise ConfigError(f"{source}: is no text in UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{source}: {error.strerror or error}") from None
    return parse(text, str(source))


def parse(text: str, source: str) -> Settings:
    """The settings in a text of TOML; `source` names it in errors. Raises ConfigError."""
    try:
        table = tomllib.loads(text)
    except ValueError as error:
        raise ConfigError(f"{source}: {error}") from None
    except RecursionError:
        raise ConfigError(f"{source}: nested too deeply") from None
    known = {each.name: each.type for each in published(Settings)}
    given: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise ConfigError(f"{source}: unknown key {key!r}; known are {', '.join(known)}")
        given[key] = _checked(key, value, known[key], source)
    settings = Settings(**given)
    if settings.interval_s is not None:
        check_interval(settings.interval_s, f"{source}: interval_s")
    return settings


def check_interval(interval_s: float, what: str) -> float:
    """The interval if it is one that can be kept; raises ConfigError that names `what` was wrong."""
    if not interval.LEAST_S <= interval_s <= interval.MOST_S:
        raise ConfigError(
            f"{what}: {interval_s} is not between {interval.LEAST_S:g} and {interval.MOST_S:g} seconds"
        )
    return interval_s


def check_token(token: str, variable: str = TOKEN_VARIABLE) -> str:
    """The token if it can be sent in a header; raises ConfigError, which never shows it."""
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise ConfigError(
            f"{variable}: holds a space, a line break or a character outside ASCII, which no token has"
        )
    return token


def _checked(key: str, value: object, kind: Any, source: str) -> object:  # noqa: ANN401 - a type as written
    """The value as a setting has it; raises ConfigError."""
    wanted = next(each for each in get_args(kind) if each is not type(None))
    if not _is_a(wanted, value):
        raise ConfigError(f"{source}: {key} must be {KINDS[wanted]}")
    return tuple(value) if isinstance(value, list) else value


def _is_a(wanted: Any, value: object) -> bool:  # noqa: ANN401 - as above
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(wanted, type):
        return isinstance(value, wanted)
    return isinstance(value, list) and all(isinstance(each, str) for each in value)

"""ollama-top's own settings file: TOML, every key a field of `Settings`, nothing else taken.

Keys at the top are for every machine, those in `[machine."id"]` go before them on that machine. What is
asked for but cannot be used is an error: a typo must not pass as a default.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from ollama_top.config import interval, toml_text
from ollama_top.config.machine import Machine, this_machine
from ollama_top.config.toml_text import Lines, meant
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
    "XDG_CONFIG_HOME": "Where settings and profiles lie on Linux, in `ollama-top/`, and a user's own units of"
    " systemd's.",
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


MACHINE, NAME = "machine", "name"
UNSET = "unset"
LARGEST_BYTES = 1 << 20  # what is larger was written by nobody's hand


class ConfigError(Exception):
    """A settings file that cannot be used; the text names file, line and key."""


def _setting(doc: str, unset: str) -> Any:  # noqa: ANN401 - stands in for a value of any type
    """Declare a setting; `unset` says what holds where nothing sets it."""
    return field(default=None, metadata={DOC: doc, UNSET: unset})


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings file may say; None where it says nothing."""

    host: str | None = _setting(
        f"The server, written as in {HOST_VARIABLE}, which goes before it.", "127.0.0.1:11434"
    )
    interval_s: float | None = _setting(
        f"Seconds between looks, {interval.LEAST_S:g} to {interval.MOST_S:g}.",
        f"{interval.DEFAULT_S:g}, of `serve` {interval.OF_SERVE_S:g}",
    )
    theme: str | None = _setting(
        "Colours of the screen, by the name of a theme.", "the one that T chose last for the server"
    )
    ascii_only: bool | None = _setting(
        "Whether the screen is drawn in ASCII alone.", "true where the locale is none of UTF-8"
    )
    read_only: bool | None = _setting("Whether the screen takes no key that changes the server.", "false")
    ca_file: str | None = _setting(
        "File of certificates to trust for a remote https server.", "those that the system trusts"
    )
    insecure: bool | None = _setting("Whether any certificate of a remote https server is trusted.", "false")
    bell_on_finding: bool | None = _setting(
        "Whether the terminal's bell rings when the doctor finds something bad that is new.", "false"
    )
    on_finding: tuple[str, ...] | None = _setting(
        "A command that is run then, word by word and through no shell, with the finding as JSON on its"
        ' standard input: `["notify-send", "Ollama"]`.',
        "none",
    )
    feeds: tuple[str, ...] | None = _setting(
        "Paths of feeds of proxies that are read beside those that are found; `--feed` goes before them.",
        "none",
    )


@dataclass(frozen=True, slots=True)
class Said:
    """Where a setting stands."""

    line: int
    is_of_machine: bool  # in the table of this machine, and not for all


@dataclass(frozen=True, slots=True)
class Read:
    """What a settings file says to this machine, and where."""

    path: str
    settings: Settings = Settings()
    said: Mapping[str, Said] = field(default_factory=dict)  # by the key of a setting
    is_there: bool = True


def default_path() -> Path:
    """Where the settings file lies by this system's custom."""
    import platformdirs  # noqa: PLC0415 - 18 ms that --help does not need

    return platformdirs.user_config_path("ollama-top") / "config.toml"


def load(path: Path | None) -> Settings:
    """The settings of a file, by default the user's own, which need not be there; raises ConfigError."""
    return read(path).settings


def read(path: Path | None) -> Read:
    """As `load`, with where each stands."""
    source = path or default_path()
    try:
        with source.open("rb") as opened:
            content = opened.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        if path is None:
            return Read(str(source), is_there=False)
        raise ConfigError(f"{source}: no such file") from None
    except OSError as error:
        raise ConfigError(f"{source}: {error.strerror or error}") from None
    if len(content) > LARGEST_BYTES:
        raise ConfigError(f"{source}: it is larger than a mebibyte, and is not read")
    try:
        return parse(content.decode(), str(source))
    except UnicodeDecodeError:
        raise ConfigError(f"{source}: is no text in UTF-8") from None


def parse(text: str, source: str, machine: Callable[[], Machine] = this_machine) -> Read:
    """What a text says to a machine; `source` names the text in errors. Raises ConfigError."""
    try:
        data = toml_text.loads(text)
    except toml_text.BrokenTomlError as error:
        raise ConfigError(f"{source}:{error}") from None
    lines = toml_text.lines_of(text)
    general = _checked({key: each for key, each in data.items() if key != MACHINE}, (), lines, source)
    table, path = _of_machine(data, machine, lines, source)
    own = _checked(table, path, lines, source)
    said = {key: Said(lines[(key,)], is_of_machine=False) for key in general}
    said |= {key: Said(lines[(*path, key)], is_of_machine=True) for key in own}
    return Read(source, Settings(**{**general, **own}), said)


def _of_machine(
    data: Mapping[str, Any], machine: Callable[[], Machine], lines: Lines, source: str
) -> tuple[Mapping[str, Any], toml_text.Path]:
    """What is said to this machine alone, and the path of its table; another's is none of our business."""
    if MACHINE not in data:
        return {}, ()
    path: toml_text.Path = (MACHINE, machine().id)
    found: Any = data
    for depth, key in enumerate(path):
        found = found.get(key, {})
        if not isinstance(found, dict):
            line = lines[path[: depth + 1]]
            raise ConfigError(f'{source}:{line}: {key} must be a table, as [machine."id"]')
    return {key: each for key, each in found.items() if key != NAME}, path


def _checked(table: Mapping[str, Any], path: toml_text.Path, lines: Lines, source: str) -> Mapping[str, Any]:
    """The values of a table, if each key of it is a setting of the right kind; raises ConfigError."""
    known = {each.name: each.type for each in published(Settings)}
    found: dict[str, Any] = {}
    for key, value in table.items():
        where = f"{source}:{lines[(*path, key)]}"
        if key not in known:
            raise ConfigError(
                f"{where}: unknown key {key!r}{meant(key, (*known, *([] if path else [MACHINE])))}"
            )
        found[key] = _value(key, value, known[key], where)
        if key == "interval_s":
            check_interval(value, f"{where}: {key}")
    return found


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


def _value(key: str, value: object, kind: Any, where: str) -> object:  # noqa: ANN401 - a type as written
    """The value as a setting has it; raises ConfigError."""
    wanted = next(each for each in get_args(kind) if each is not type(None))
    if not _is_a(wanted, value):
        raise ConfigError(f"{where}: {key} must be {KINDS[wanted]}")
    return tuple(value) if isinstance(value, list) else value


def _is_a(wanted: Any, value: object) -> bool:  # noqa: ANN401 - as above
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(wanted, type):
        return isinstance(value, wanted)
    return isinstance(value, list) and all(map(_is_word, value))


def _is_word(value: object) -> bool:
    """Whether it can be a path, or a word of a command."""
    return isinstance(value, str) and value != "" and "\0" not in value

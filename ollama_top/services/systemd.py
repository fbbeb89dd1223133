"""What systemd says of a unit. Reads only; every call is bounded and never asks for a password."""

import json
import string
import subprocess
from dataclasses import dataclass

from ollama_top.model.process import Variable
from ollama_top.ollama.environment import variables

TIMEOUT_S = 3.0
UNIT_PATH = "/org/freedesktop/systemd1/unit/"
PLAIN = frozenset(string.ascii_letters + string.digits)
SERVICE = "org.freedesktop.systemd1.Service"


@dataclass(frozen=True, slots=True)
class Unit:
    """The part of a unit that tells whether a process is its server."""

    main_pid: int
    environment: tuple[Variable, ...]  # as the next start would get it


def read_unit(name: str, *, user: bool) -> Unit | None:
    """A unit's main process and its Environment=; None when systemd cannot tell.

    JSON through busctl, because `systemctl show` quotes values in a way of its own.
    """
    scope = ["--user"] if user else []
    path = UNIT_PATH + bus_label(name)
    words = ["busctl", *scope, "--json=short", "get-property", "org.freedesktop.systemd1", path, SERVICE]
    answer = _run([*words, "MainPID", "Environment"])
    values = [_value(line) for line in (answer or "").splitlines()]
    match values:
        case [int(main_pid), list(environment)]:
            assignments = (str(each).partition("=") for each in environment)
            return Unit(main_pid, variables((name, value) for name, _, value in assignments))
    return None


def bus_label(name: str) -> str:
    """The name of a unit as part of an object path, as systemd's bus_label_escape() writes it."""
    escaped = "".join(
        chr(each) if chr(each) in PLAIN else f"_{each:02x}" for each in name.encode(errors="replace")
    )
    return f"_{ord(escaped[0]):02x}{escaped[1:]}" if escaped[:1].isdigit() else escaped or "_"


def _value(line: str) -> object:
    try:
        parsed = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return parsed.get("data") if isinstance(parsed, dict) else None


def _run(words: list[str]) -> str | None:
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode(errors="replace")

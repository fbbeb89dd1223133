"""What systemd says over its bus. Reads only; every call is bounded and never asks for a password.

JSON through busctl, because `systemctl show` quotes values in a way of its own.
"""

import json
import string
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ollama_top.model.process import Variable
from ollama_top.ollama.environment import variables

TIMEOUT_S = 3.0
NAME, ROOT = "org.freedesktop.systemd1", "/org/freedesktop/systemd1"
FOREVER_US = (1 << 64) - 1
PLAIN = frozenset(string.ascii_letters + string.digits)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as systemd holds it in memory, which may be behind its files."""

    name: str
    load_state: str  # "loaded", "not-found", "masked", "bad-setting", "error"
    active_state: str
    sub_state: str
    result: str
    main_pid: int
    exit_status: int  # of the main process that ended last
    restarts: int  # by systemd itself, since it was started by hand
    started_at: datetime | None  # the main process that runs, or ran last
    needs_reload: bool
    environment: tuple[Variable, ...]  # of Environment=; what environment files add is not in it
    fragment_path: str | None
    drop_in_paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manager:
    """What systemd says of itself."""

    unit_path: tuple[str, ...]  # folders of unit files, the first of which goes before the others
    environment: tuple[Variable, ...]  # that every service starts from


@dataclass(frozen=True, slots=True)
class UnitRun:
    """How a unit runs at this moment: what tells whether a restart has held."""

    active_state: str
    sub_state: str
    result: str
    main_pid: int
    restarts: int
    invocation_id: str  # another at each start; empty where it does not run
    restart_delay_s: float  # how long it is down before systemd starts it anew
    stop_limit_s: float  # how long it may take to stop


def read_unit(name: str, *, user: bool) -> Unit | None:
    """A unit, of the system or of this user; None when systemd cannot tell."""
    return _unit(name, _properties(name, user=user))


def read_run(name: str, *, user: bool) -> UnitRun | None:
    """How a unit runs; None when systemd cannot tell."""
    of = _properties(name, user=user)
    try:
        return UnitRun(
            active_state=str(of["ActiveState"]),
            sub_state=str(of["SubState"]),
            result=str(of["Result"]),
            main_pid=int(of["MainPID"]),
            restarts=int(of["NRestarts"]),
            invocation_id=bytes(of["InvocationID"]).hex(),
            restart_delay_s=_seconds(int(of["RestartUSec"])),
            stop_limit_s=_seconds(int(of["TimeoutStopUSec"])),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _properties(name: str, *, user: bool) -> Mapping[str, Any]:
    """All that systemd says of a unit; nothing when it cannot tell."""
    words = ["call", NAME, f"{ROOT}/unit/{bus_label(name)}", "org.freedesktop.DBus.Properties", "GetAll"]
    match _ask([*words, "s", ""], user=user):
        case [[dict(properties)]]:
            return {key: _data(value) for key, value in properties.items()}
    return {}


def read_manager(*, user: bool) -> Manager | None:
    """What systemd says of itself; None when it cannot tell."""
    match _ask(["get-property", NAME, ROOT, f"{NAME}.Manager", "UnitPath", "Environment"], user=user):
        case [list(unit_path), list(environment)]:
            return Manager(tuple(map(str, unit_path)), _variables(environment))
    return None


def bus_label(name: str) -> str:
    """The name of a unit as part of an object path, as systemd's bus_label_escape() writes it."""
    escaped = "".join(
        chr(each) if chr(each) in PLAIN else f"_{each:02x}" for each in name.encode(errors="replace")
    )
    return f"_{ord(escaped[0]):02x}{escaped[1:]}" if escaped[:1].isdigit() else escaped or "_"


def _unit(name: str, of: Mapping[str, Any]) -> Unit | None:
    """A unit from its properties; None when one is not what systemd's interface says."""
    try:
        return Unit(
            name=name,
            load_state=str(of["LoadState"]),
            active_state=str(of["ActiveState"]),
            sub_state=str(of["SubState"]),
            result=str(of["Result"]),
            main_pid=int(of["MainPID"]),
            exit_status=int(of["ExecMainStatus"]),
            restarts=int(of["NRestarts"]),
            started_at=_moment(int(of["ExecMainStartTimestamp"])),
            needs_reload=bool(of["NeedDaemonReload"]),
            environment=_variables(of["Environment"]),
            fragment_path=str(of["FragmentPath"]) or None,
            drop_in_paths=tuple(map(str, of["DropInPaths"])),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _variables(pairs: Iterable[object]) -> tuple[Variable, ...]:
    parted = (str(each).partition("=") for each in pairs)
    return variables((name, value) for name, _, value in parted)


def _moment(microseconds: int) -> datetime | None:
    """A moment as systemd counts it; 0 is never."""
    return datetime.fromtimestamp(microseconds / 1e6, UTC) if microseconds else None


def _seconds(microseconds: int) -> float:
    """A time as systemd counts it; the largest number is for ever."""
    return float("inf") if microseconds >= FOREVER_US else microseconds / 1e6


def _data(value: object) -> object:
    return value.get("data") if isinstance(value, dict) else None


def _ask(words: list[str], *, user: bool) -> list[object]:
    """The data of each line that busctl answers; empty when it answers nothing that can be read."""
    scope = ["--user"] if user else []
    try:
        done = subprocess.run(
            ["busctl", *scope, "--json=short", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=True,
        )
        return [_data(json.loads(line)) for line in done.stdout.decode(errors="replace").splitlines()]
    except (OSError, subprocess.SubprocessError, ValueError, RecursionError):
        return []
